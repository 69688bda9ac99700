package io.shardshift.lab.model;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tables of different shape, and their rows as bytes. */
public final class Tables {
    /** By name; {@code notes} has a generated key and a unique second one, {@code things} a column of nearly each type. */
    static final Map<String, String> STATEMENTS = new TreeMap<>(Map.of(
            "items",
            "CREATE TABLE items (user_id BIGINT NOT NULL, item_no INT NOT NULL, qty BIGINT NOT NULL, label TEXT NOT NULL,"
                    + " PRIMARY KEY (user_id, item_no)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "notes",
            "CREATE TABLE notes (id BIGINT NOT NULL AUTO_INCREMENT, user_id BIGINT NOT NULL, ref INT NOT NULL, val BIGINT"
                    + " NOT NULL, body VARCHAR(100) NULL, PRIMARY KEY (id), UNIQUE KEY by_ref (user_id, ref))"
                    + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "things",
            "CREATE TABLE things (user_id BIGINT NOT NULL, n INT NOT NULL, seed BIGINT NOT NULL, txt TEXT, js JSON, amount"
                    + " DECIMAL(20,6), ts TIMESTAMP(6) NULL, dt DATETIME(3), f FLOAT, g DOUBLE, bin BLOB, bits BIT(12),"
                    + " e ENUM('a','b','\u00fc'), s SET('x','y','z'), t TIME(2), y YEAR, un BIGINT UNSIGNED, changed"
                    + " TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),"
                    + " PRIMARY KEY (user_id, n)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "counters",
            "CREATE TABLE counters (user_id BIGINT NOT NULL, hits BIGINT NOT NULL, at DATETIME(6) NULL, PRIMARY KEY"
                    + " (user_id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"));

    private Tables() {}

    public static List<String> names() {
        return List.copyOf(STATEMENTS.keySet());
    }

    public static List<String> statements() {
        return List.copyOf(STATEMENTS.values());
    }

    /** Every row whose {@code user_id % slots} is in {@code wanted}, as "table key: columns in hexadecimal", sorted. */
    public static List<String> rows(Connection connection, int slots, List<Integer> wanted) throws SQLException {
        List<String> rows = new ArrayList<>();
        String in = wanted.toString().replace('[', '(').replace(']', ')');
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
            for (String table : STATEMENTS.keySet()) {
                List<String> columns = columns(statement, table);
                try (ResultSet result = statement.executeQuery("SELECT CONCAT_WS('|', " + String.join(", ", columns)
                        + ") FROM " + table + " WHERE user_id % " + slots + " IN " + in)) {
                    while (result.next()) {
                        rows.add(table + " " + result.getString(1));
                    }
                }
            }
        }
        rows.sort(null);
        return rows;
    }

    private static List<String> columns(Statement statement, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("SHOW COLUMNS FROM " + table)) {
            while (result.next()) {
                String name = "`" + result.getString(1) + "`";
                String type = result.getString(2);
                String value = type.equals("float") ? name + " + 0E0" : "CONCAT(" + name + ", '')";
                boolean plain = type.startsWith("int") || type.startsWith("bigint");
                columns.add("IFNULL(" + (plain ? name : "HEX(" + value + ")") + ", 'NULL')");
            }
        }
        return columns;
    }
}
