package io.shardshift.lab.demo;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Compares the old shard with the new ones row by row and byte by byte, beside a live workload: rows that differ are read
 * again until they were equal once, for one side follows the other by its stream. One thread.
 *
 * <p>Before all rows are copied the new shards hold a part of them: then only rows that are there are compared.
 */
final class SidesComparison {
    /** Rows looked up in one statement when they are read again. */
    private static final int AT_ONCE = 500;

    /** A table by name, with its primary key's columns, all of them whole numbers. */
    record Table(String name, List<String> key) {
        String keys() {
            return String.join(", ", key);
        }
    }

    private final Connection old;
    private final List<Connection> moved;
    private final boolean whole;
    private final Duration patience;

    /**
     * @param whole whether the new shards are to hold every row
     * @param patience how long rows that differ are read again
     */
    SidesComparison(Connection old, List<Connection> moved, boolean whole, Duration patience) throws SQLException {
        this.old = old;
        this.moved = moved;
        this.whole = whole;
        this.patience = patience;
        utc(old);
        for (Connection connection : moved) {
            utc(connection);
        }
    }

    private static void utc(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
        }
    }

    /** Rows that differ, as "table key", when those that differed first have been read again for the patience at most. */
    List<String> differences(List<Table> tables) throws SQLException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (Table table : tables) {
            Map<List<Long>, byte[]> here = rows(old, table, "");
            Map<List<Long>, byte[]> there = new HashMap<>();
            for (Connection connection : moved) {
                there.putAll(rows(connection, table, ""));
            }
            Set<List<Long>> differing = differing(here, there);
            long deadline = System.nanoTime() + patience.toNanos();
            while (!differing.isEmpty() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(100); // the stream's lag
                differing = again(table, List.copyOf(differing));
            }
            differing.forEach(key -> all.add(table.name() + " " + key));
        }
        return all;
    }

    private Set<List<Long>> again(Table table, List<List<Long>> keys) throws SQLException {
        Set<List<Long>> differing = new HashSet<>();
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            String where = where(table, keys.subList(from, Math.min(keys.size(), from + AT_ONCE)));
            Map<List<Long>, byte[]> there = new HashMap<>();
            for (Connection connection : moved) {
                there.putAll(rows(connection, table, where));
            }
            differing.addAll(differing(rows(old, table, where), there));
        }
        return differing;
    }

    private static String where(Table table, List<List<Long>> keys) {
        StringBuilder where = new StringBuilder(" WHERE (" + table.keys() + ") IN (");
        String comma = "";
        for (List<Long> key : keys) {
            where.append(comma).append(key.toString().replace('[', '(').replace(']', ')'));
            comma = ", ";
        }
        return where.append(')').toString();
    }

    private Set<List<Long>> differing(Map<List<Long>, byte[]> here, Map<List<Long>, byte[]> there) {
        Set<List<Long>> differing = new HashSet<>();
        here.forEach((key, row) -> {
            boolean isCompared = whole || there.containsKey(key);
            if (isCompared && !Arrays.equals(row, there.get(key))) {
                differing.add(key);
            }
        });
        there.keySet().stream().filter(key -> !here.containsKey(key)).forEach(differing::add);
        return differing;
    }

    /** A digest of each row's bytes, as the server sends them. */
    private static Map<List<Long>, byte[]> rows(Connection connection, Table table, String where) throws SQLException {
        Map<List<Long>, byte[]> rows = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + table.keys() + ", t.* FROM " + table.name() + " t" + where)) {
            select.setFetchSize(Integer.MIN_VALUE); // Connector/J: row by row, not all at once in memory
            try (ResultSet result = select.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<Long> key = new ArrayList<>();
                    for (int i = 1; i <= table.key().size(); i++) {
                        key.add(result.getLong(i));
                    }
                    rows.put(List.copyOf(key), digest(result, columns));
                }
            }
        }
        return rows;
    }

    private static byte[] digest(ResultSet result, int columns) throws SQLException {
        MessageDigest digest = sha256();
        for (int i = 1; i <= columns; i++) {
            byte[] value = result.getBytes(i);
            digest.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(value == null ? -1 : value.length)
                    .flip());
            if (value != null) {
                digest.update(value);
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }
}
