package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Name an operator gave a migration. At most 64 characters: letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record MigrationName(@JsonValue String value) implements Comparable<MigrationName> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MigrationName {
        Names.check("migration name", value, 64);
    }

    @Override
    public int compareTo(MigrationName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
