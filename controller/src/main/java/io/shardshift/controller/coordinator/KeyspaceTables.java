package io.shardshift.controller.coordinator;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The keyspace's tables as a shard has them. */
final class KeyspaceTables {
    private KeyspaceTables() {}

    /** By name; one that is not there is left out. */
    static Map<String, ShardedTable> read(Connection shard, Keyspace keyspace) throws SQLException {
        Map<String, ShardedTable> tables = new TreeMap<>();
        List<String> names = keyspace.allTables()
                ? SchemaReader.tables(shard)
                : List.copyOf(keyspace.tables().keySet());
        for (String name : names) {
            Optional<TableSchema> schema = SchemaReader.read(shard, name);
            if (schema.isPresent()) {
                TableSpec spec = keyspace.tables().get(name);
                List<String> shardKey = spec == null ? List.of() : spec.shardKey();
                tables.put(name, new ShardedTable(schema.get(), shardKey, keyspace.shardFunction()));
            }
        }
        return tables;
    }
}
