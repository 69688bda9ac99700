package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.RowStatements.Candidate;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.shard.Column;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the rows that INSERT ... ON DUPLICATE KEY UPDATE met: one assignment put first appends the key of each to a user
 * variable and changes nothing [17]. Other ways (INSERT then UPDATE, SELECT then INSERT) make deadlocks that the original
 * has not. Stateless.
 */
final class UpsertedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(UpsertedKeys.class);
    private static final String VARIABLE = "@_shardshift_upserted";
    private static final char BETWEEN_COLUMNS = '.';
    private static final String NULL = "-"; // no hex digit

    private UpsertedKeys() {}

    /** The assignment; empty for a table without a column that can be assigned to itself. */
    static Optional<String> assignment(ShardedTable table) {
        String quotedTable = Identifiers.quote(table.name());
        List<String> hex = new ArrayList<>();
        for (int index : columns(table)) {
            Column column = table.schema().columns().get(index);
            hex.add(hex(column.exactSql(quotedTable + "." + column.quoted())));
        }
        List<Column> all = table.schema().columns();
        return Stream.concat(table.schema().primaryKey().stream().map(all::get), all.stream())
                .filter(UpsertedKeys::staysWhatItIs)
                .findFirst()
                .map(column -> assignment(quotedTable + "." + column.quoted(), hex));
    }

    /** Within IF() a TIMESTAMP would become a DATETIME, of which one hour of the year comes twice. */
    private static boolean staysWhatItIs(Column column) {
        return switch (column.form()) {
            case NUMBER, TEXT, BINARY, TEMPORAL -> true;
            case TIMESTAMP, FLOAT, DOUBLE, BIT, JSON, SPATIAL -> false;
        };
    }

    /** The primary key's columns, then those of the shard key that are not among them. */
    private static List<Integer> columns(ShardedTable table) {
        List<Integer> columns = new ArrayList<>(table.schema().primaryKey());
        table.shardKey().stream().filter(column -> !columns.contains(column)).forEach(columns::add);
        return columns;
    }

    private static String hex(String exact) {
        return "COALESCE(HEX(" + exact + "), '" + NULL + "')";
    }

    private static String assignment(String column, List<String> hex) {
        String key = "CONCAT_WS('" + BETWEEN_COLUMNS + "', " + String.join(", ", hex) + ")";
        return column + " = IF((" + VARIABLE + " := CONCAT_WS(',', " + VARIABLE + ", " + key + ")) IS NULL, " + column
                + ", " + column + ")";
    }

    static void clear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET " + VARIABLE + " = NULL");
        }
    }

    /** The rows met since {@link #clear}: key and slot of what is stored [18]. */
    static List<Candidate> read(Connection connection, ShardedTable table) throws SQLException {
        List<Integer> columns = columns(table);
        List<Candidate> found = new ArrayList<>();
        for (List<byte @Nullable []> values : values(connection)) {
            byte[][] key = new byte[table.schema().primaryKey().size()][];
            for (int i = 0; i < key.length; i++) {
                key[i] = Objects.requireNonNull(values.get(i), "a primary key is never NULL");
            }
            List<byte[]> shardKey = new ArrayList<>();
            for (int column : table.shardKey()) {
                byte[] value = values.get(columns.indexOf(column));
                if (value != null) {
                    shardKey.add(value);
                }
            }
            boolean hasSlot = shardKey.size() == table.shardKey().size();
            found.add(new Candidate(new PrimaryKey(key), hasSlot ? table.slot(shardKey) : ShardFunction.NO_SLOT));
        }
        return found;
    }

    private static List<List<byte @Nullable []>> values(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT " + VARIABLE)) {
            result.next();
            String rows = result.getString(1);
            List<List<byte @Nullable []>> found = new ArrayList<>();
            if (rows != null) {
                for (String row : rows.split(",", -1)) {
                    List<byte @Nullable []> values = new ArrayList<>();
                    for (String value : row.split("\\" + BETWEEN_COLUMNS, -1)) {
                        values.add(value.equals(NULL) ? null : HexFormat.of().parseHex(value));
                    }
                    found.add(values);
                }
            }
            return found;
        }
    }

    /** Whether this server evaluates the assignment as it is meant to, on a temporary table; once for each shard. */
    static boolean selfTest(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE _shardshift_upsert (a INT PRIMARY KEY, b INT UNIQUE, c INT)");
            try {
                statement.execute("INSERT INTO _shardshift_upsert VALUES (1, 10, 0), (2, 20, NULL)");
                clear(connection);
                List<String> hex = List.of(
                        hex("CAST(_shardshift_upsert.a AS BINARY)"), hex("CAST(_shardshift_upsert.c AS BINARY)"));
                int changed = statement.executeUpdate(
                        "INSERT INTO _shardshift_upsert VALUES (1, 11, 0), (7, 20, 0), (9, 90, 0)"
                                + " ON DUPLICATE KEY UPDATE " + assignment("_shardshift_upsert.a", hex)
                                + ", c = COALESCE(c, 0) + 1");
                List<List<byte @Nullable []>> found = values(connection);
                return changed == 5
                        && found.size() == 2
                        && Arrays.equals(found.get(0).get(0), new byte[] {'1'})
                        && Arrays.equals(found.get(1).get(0), new byte[] {'2'})
                        && found.get(1).get(1) == null;
            } finally {
                statement.execute("DROP TEMPORARY TABLE _shardshift_upsert");
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("INSERT ... ON DUPLICATE KEY UPDATE by other unique keys will be refused while rows move", e);
            return false;
        }
    }
}
