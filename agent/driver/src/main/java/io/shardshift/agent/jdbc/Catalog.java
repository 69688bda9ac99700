package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.KeyColumn;
import io.shardshift.agent.sql.StatementAnalyzer;
import io.shardshift.agent.sql.StatementCache;
import io.shardshift.agent.sql.TableInfo;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.shard.Column;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The keyspace's tables as they are defined on its shards, and the analyses of statements over them. Thread-safe. */
final class Catalog {
    /** About a thousand statements of usual length. */
    private static final long CACHED_CHARACTERS = 1_000_000;

    private final Map<String, ShardedTable> tables;
    private final StatementCache statements;

    private Catalog(Map<String, ShardedTable> tables, Map<String, TableInfo> infos) {
        this.tables = Map.copyOf(tables);
        this.statements = new StatementCache(
                new StatementAnalyzer(name -> Optional.ofNullable(infos.get(name.toLowerCase(Locale.ROOT)))),
                CACHED_CHARACTERS);
    }

    static Catalog read(Keyspace keyspace, Connection connection) throws SQLException {
        Map<String, ShardedTable> tables = new HashMap<>();
        Map<String, TableInfo> infos = new HashMap<>();
        List<String> names = keyspace.allTables()
                ? SchemaReader.tables(connection)
                : List.copyOf(keyspace.tables().keySet());
        for (String name : names) {
            Optional<TableSchema> schema = SchemaReader.read(connection, name);
            if (schema.isEmpty()) {
                continue; // a table that is registered before it is made
            }
            TableSpec spec = keyspace.tables().get(name);
            List<String> shardKey = spec == null ? List.of() : spec.shardKey();
            tables.put(
                    name.toLowerCase(Locale.ROOT), new ShardedTable(schema.get(), shardKey, keyspace.shardFunction()));
            infos.put(name.toLowerCase(Locale.ROOT), info(schema.get(), shardKey));
        }
        return new Catalog(tables, infos);
    }

    private static TableInfo info(TableSchema schema, List<String> shardKey) {
        Map<String, KeyColumn> exact = new HashMap<>();
        for (Column column : schema.columns()) {
            String quoted = column.quoted();
            exact.put(
                    column.name().toLowerCase(Locale.ROOT),
                    new KeyColumn(column.exactSql(quoted), column.comparedSql(quoted), column.givenSql()));
        }
        return new TableInfo(
                schema.name(),
                Stream.concat(schema.columns().stream().map(Column::name), schema.generated().stream())
                        .toList(),
                schema.inserted(),
                names(schema, schema.primaryKey()),
                schema.uniqueKeys().stream()
                        .map(key -> new TableInfo.UniqueKey(key.name(), names(schema, key.columns()), key.isPrimary()))
                        .toList(),
                shardKey,
                schema.autoIncrement(),
                Set.copyOf(schema.generated()),
                exact);
    }

    private static List<String> names(TableSchema schema, List<Integer> columns) {
        return columns.stream()
                .map(column -> schema.columns().get(column).name())
                .toList();
    }

    StatementCache statements() {
        return statements;
    }

    /** All tables, in no order. */
    Collection<ShardedTable> tables() {
        return tables.values();
    }

    /** The table of that name; throws IllegalArgumentException for one that is not of the keyspace. */
    ShardedTable table(String name) {
        ShardedTable table = tables.get(name.toLowerCase(Locale.ROOT));
        if (table == null) {
            throw new IllegalArgumentException("table " + name + " is not of the keyspace");
        }
        return table;
    }
}
