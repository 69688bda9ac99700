package io.shardshift.cli.console;

import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names on the command line: one that cannot be a name is a mistake of usage, and no controller is asked. */
public final class NameText {
    private NameText() {}

    /** The name of a migration. */
    public static final class Migration implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return checked(value, name -> new MigrationName(name).value());
        }
    }

    /** The name of a keyspace. */
    public static final class Keyspace implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return checked(value, name -> new KeyspaceName(name).value());
        }
    }

    private static String checked(String value, Function<String, String> check) {
        try {
            return check.apply(value);
        } catch (IllegalArgumentException e) {
            TypeConversionException refused = new TypeConversionException(String.valueOf(e.getMessage()));
            refused.initCause(e);
            throw refused;
        }
    }
}
