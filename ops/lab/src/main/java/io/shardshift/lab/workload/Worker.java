package io.shardshift.lab.workload;

import io.shardshift.lab.workload.HistoryEvent.Kind;
import io.shardshift.lab.workload.HistoryEvent.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One thread of the application: seeded transactions, each within one shard key and in a fixed order (item, order,
 * counter). It alone writes the items of its users, so it knows what every read of them must show.
 */
final class Worker {
    private static final int ITEMS = 8;

    private final int number;
    private final int workers;
    private final int users;
    private final Random random;
    private final DataSource dataSource;
    private final Consumer<HistoryEvent> history;
    /** Acknowledged quantity by user and item; absent: not there. */
    private final Map<Long, TreeMap<Integer, Integer>> items = new HashMap<>();
    /** Users whose items are not certain after an unknown outcome: not read again. */
    private final Set<Long> uncertain = new HashSet<>();

    private long sequence;

    Worker(int number, int workers, int users, long seed, DataSource dataSource, Consumer<HistoryEvent> history) {
        this.number = number;
        this.workers = workers;
        this.users = users;
        this.random = new Random(seed * 31 + number);
        this.dataSource = dataSource;
        this.history = history;
    }

    void run(BooleanSupplier goesOn, Pace pace) throws InterruptedException {
        while (goesOn.getAsBoolean()) {
            long user = (long) number + (long) workers * random.nextInt(users / workers);
            int dice = random.nextInt(100);
            if (dice < 40) {
                change(user);
            } else if (dice < 55) {
                increment(random.nextInt(users));
            } else if (dice < 80) {
                pointRead(user);
            } else {
                rangeRead(user);
            }
            pace.pause();
        }
    }

    /** What a worker does between two transactions. */
    @FunctionalInterface
    interface Pace {
        void pause() throws InterruptedException;
    }

    /** Puts or deletes an item and adds an order, in one transaction. */
    private void change(long user) {
        int item = random.nextInt(ITEMS);
        int quantity = random.nextInt(1_000_000);
        TreeMap<Integer, Integer> mine = items.computeIfAbsent(user, any -> new TreeMap<>());
        boolean present = mine.containsKey(item);
        boolean deletes = present && random.nextInt(3) == 0;
        long begun = System.nanoTime();
        long[] order = {0};
        long cents = random.nextInt(100_000);
        Result result = transaction(connection -> {
            if (deletes) {
                update(connection, "DELETE FROM items WHERE user_id = ? AND item_no = ?", user, item);
            } else if (present) {
                update(connection, "UPDATE items SET qty = ? WHERE user_id = ? AND item_no = ?", quantity, user, item);
            } else {
                insertItem(connection, user, item, quantity);
            }
            order[0] = insertOrder(connection, user, cents);
        });
        if (result.outcome == Outcome.ACKNOWLEDGED) {
            if (deletes) {
                mine.remove(item);
            } else {
                mine.put(item, quantity);
            }
        } else if (result.outcome == Outcome.UNKNOWN) {
            uncertain.add(user);
        }
        record(begun, deletes ? Kind.DELETE_ITEM : Kind.PUT_ITEM, result, user, item, deletes ? -1 : quantity);
        record(begun, Kind.ADD_ORDER, result, user, order[0], cents);
    }

    private static void insertItem(Connection connection, long user, int item, int quantity) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO items (user_id, item_no, label, qty) VALUES (?, ?, ?, ?)")) {
            insert.setLong(1, user);
            insert.setInt(2, item);
            insert.setString(3, "Größe " + item + " — π\t\\");
            insert.setInt(4, quantity);
            insert.executeUpdate();
        }
    }

    private static long insertOrder(Connection connection, long user, long cents) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO orders (user_id, amount, payload) VALUES (?, ? / 100, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
            insert.setLong(1, user);
            insert.setLong(2, cents);
            insert.setString(3, "{\"cents\": " + cents + ", \"tags\": [\"a\", 1.50, null]}");
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }

    private void increment(long user) {
        long begun = System.nanoTime();
        Result result = transaction(connection ->
                update(connection, "UPDATE counters SET hits = hits + 1, updated = NOW(6) WHERE user_id = ?", user));
        record(begun, Kind.INCREMENT, result, user, 0, 1);
    }

    private static void update(Connection connection, String sql, long... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setLong(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private void pointRead(long user) {
        int item = random.nextInt(ITEMS);
        read(Kind.POINT_READ, user, item, "SELECT item_no, qty FROM items WHERE user_id = ? AND item_no = ?");
    }

    private void rangeRead(long user) {
        read(Kind.RANGE_READ, user, -1, "SELECT item_no, qty FROM items WHERE user_id = ? ORDER BY item_no");
    }

    private void read(Kind kind, long user, int item, String sql) {
        if (uncertain.contains(user)) {
            return;
        }
        TreeMap<Integer, Integer> expected = new TreeMap<>(items.getOrDefault(user, new TreeMap<>()));
        if (item >= 0) {
            expected.keySet().removeIf(other -> other != item);
        }
        long begun = System.nanoTime();
        TreeMap<Integer, Integer> found = new TreeMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, user);
            if (item >= 0) {
                select.setInt(2, item);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getInt(1), rows.getInt(2));
                }
            }
        } catch (SQLException e) {
            record(begun, kind, new Result(Outcome.FAILED, e), user, item, 0);
            return;
        }
        boolean right = found.equals(expected);
        SQLException difference = right ? null : new SQLException("found " + found + ", expected " + expected, "WRONG");
        record(begun, kind, new Result(right ? Outcome.RIGHT : Outcome.WRONG, difference), user, item, 0);
    }

    private record Result(Outcome outcome, @Nullable SQLException error) {}

    @FunctionalInterface
    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private Result transaction(Work work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            boolean committed = false;
            try {
                work.run(connection);
                connection.commit();
                committed = true;
            } finally {
                if (!committed) {
                    connection.rollback();
                }
            }
            return new Result(Outcome.ACKNOWLEDGED, null);
        } catch (SQLException e) {
            boolean unknown = "08007".equals(e.getSQLState());
            return new Result(unknown ? Outcome.UNKNOWN : Outcome.FAILED, e);
        }
    }

    private void record(long begunNanos, Kind kind, Result result, long user, long item, long quantity) {
        SQLException error = result.error;
        history.accept(new HistoryEvent(
                number,
                sequence++,
                System.currentTimeMillis(),
                (System.nanoTime() - begunNanos) / 1_000,
                kind,
                result.outcome,
                user,
                item,
                quantity,
                error == null ? null : error.getSQLState() + " " + error.getMessage()));
    }
}
