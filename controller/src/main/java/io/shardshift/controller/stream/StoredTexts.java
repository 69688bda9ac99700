package io.shardshift.controller.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.shardshift.shard.ShardTables;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Gives the texts of the keyspace's tables as the bytes that the binlog holds. Debezium would decode them by Java's tables of
 * the character set, which are not MySQL's: a row whose key has a byte that Java lacks, as 0x81 in latin1, would be looked
 * for under another key, and its change would be lost. Made by Debezium, by name. Stateless.
 */
public final class StoredTexts implements CustomConverter<SchemaBuilder, RelationalColumn> {
    @Override
    public void configure(Properties settings) {
        // it has none
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        String type = column.typeName().toUpperCase(Locale.ROOT);
        String table = column.dataCollection().substring(column.dataCollection().lastIndexOf('.') + 1);
        boolean text = type.contains("CHAR") || type.contains("TEXT");
        if (text && !table.startsWith(ShardTables.PREFIX)) {
            // A text that is none yet is a default, or of a row that is only named: not looked at.
            registration.register(
                    SchemaBuilder.bytes(), value -> value instanceof String string ? string.getBytes(UTF_8) : value);
        }
    }
}
