package io.shardshift.lab.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A user that all threads write at once, by increments alone: each of its five sums is what was acknowledged. Thread-safe. */
final class ContendedUser {
    private static final int ITEMS = 4;
    /** The sum of {@code counters.hits}; those before it are of the items. */
    private static final int HITS = ITEMS;

    final long id;
    private final History history;
    private final Sum[] sums = new Sum[ITEMS + 1];

    private static final class Sum {
        final AtomicLong begun = new AtomicLong();
        final AtomicLong acknowledged = new AtomicLong();
        final AtomicLong unknown = new AtomicLong();
    }

    ContendedUser(long id, History history) {
        this.id = id;
        this.history = history;
        for (int i = 0; i <= ITEMS; i++) {
            sums[i] = new Sum();
        }
    }

    void turn(Connection connection, Random random) throws SQLException {
        int which = random.nextInt(ITEMS + 1);
        int more = 1 + random.nextInt(5);
        boolean prepared = random.nextBoolean();
        switch (random.nextInt(6)) {
            case 0 ->
                increment(
                        List.of(which), more, "lock, then add", connection, () -> lockAndAdd(connection, which, more));
            case 1 ->
                increment(
                        List.of(0, 1, 2, 3),
                        more,
                        "all items",
                        connection,
                        () -> change(
                                connection,
                                prepared,
                                SqlCall.of("UPDATE items SET qty = qty + ? WHERE user_id = ?", more, id),
                                ITEMS));
            case 2 ->
                increment(List.of(which), more, "upsert", connection, () -> upsert(connection, prepared, which, more));
            case 3 -> read(connection, prepared, which);
            default ->
                increment(
                        List.of(which),
                        more,
                        "add",
                        connection,
                        () -> change(connection, prepared, add(which, more), 1));
        }
    }

    private SqlCall add(int which, int more) {
        return which == HITS
                ? SqlCall.of("UPDATE counters SET hits = hits + ? WHERE user_id = ?", more, id)
                : SqlCall.of("UPDATE items SET qty = qty + ? WHERE user_id = ? AND item_no = ?", more, id, which);
    }

    private void change(Connection connection, boolean prepared, SqlCall call, int right) throws SQLException {
        int count = call.change(connection, prepared, false).count();
        if (count != right) {
            history.violation(id, "update count " + count + ", right " + right + ": " + call);
        }
    }

    private void upsert(Connection connection, boolean prepared, int which, int more) throws SQLException {
        SqlCall call = which == HITS
                ? SqlCall.of(
                        "INSERT INTO counters (user_id, hits) VALUES (?, ?) ON DUPLICATE KEY UPDATE hits = hits + VALUES(hits)",
                        id,
                        more)
                : SqlCall.of(
                        "INSERT INTO items (user_id, item_no, qty, label) VALUES (?, ?, ?, 'new') ON DUPLICATE KEY UPDATE qty ="
                                + " qty + VALUES(qty)",
                        id,
                        which,
                        more);
        call.change(connection, prepared, false);
    }

    private SqlCall select(int which, String locking) {
        return which == HITS
                ? SqlCall.of("SELECT hits FROM counters WHERE user_id = ?" + locking, id)
                : SqlCall.of("SELECT qty FROM items WHERE user_id = ? AND item_no = ?" + locking, id, which);
    }

    private void lockAndAdd(Connection connection, int which, int more) throws SQLException {
        connection.setAutoCommit(false);
        try {
            long found = value(select(which, " FOR UPDATE").query(connection, true));
            SqlCall set = which == HITS
                    ? SqlCall.of("UPDATE counters SET hits = ? WHERE user_id = ?", found + more, id)
                    : SqlCall.of("UPDATE items SET qty = ? WHERE user_id = ? AND item_no = ?", found + more, id, which);
            change(connection, true, set, 1);
            connection.commit();
        } catch (SQLException e) {
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException gone) {
                e.addSuppressed(gone);
            }
            throw e;
        }
        connection.setAutoCommit(true);
    }

    private static long value(List<List<String>> rows) {
        return rows.isEmpty() ? -1 : Long.parseLong(rows.get(0).get(0));
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    private void increment(List<Integer> which, int more, String what, Connection connection, Work work)
            throws SQLException {
        which.forEach(one -> sums[one].begun.addAndGet(more));
        try {
            work.run();
            which.forEach(one -> sums[one].acknowledged.addAndGet(more));
            history.acknowledged.incrementAndGet();
            history.event(id, what + " " + more + " to " + which);
        } catch (SQLException e) {
            history.failed(id, what + " " + more + " to " + which, e);
            Failure failure = Failure.of(e);
            if (failure == Failure.UNKNOWN) {
                which.forEach(one -> sums[one].unknown.addAndGet(more));
                history.unknown.incrementAndGet();
            } else if (!history.mayCome(failure)) {
                history.violation(id, "unexpected error: " + what + ": " + e);
            }
            throw e; // the connection is given back
        }
    }

    private void read(Connection connection, boolean prepared, int which) throws SQLException {
        long least = sums[which].acknowledged.get();
        long found;
        try {
            found = value(select(which, "").query(connection, prepared));
        } catch (SQLException e) {
            history.failed(id, "read", e);
            if (!history.mayCome(Failure.of(e))) {
                history.violation(id, "unexpected error of a read: " + e);
            }
            return;
        }
        long most = sums[which].begun.get();
        if (found < least || found > most) {
            history.violation(
                    id,
                    "a read of sum " + which + " is " + found + ", acknowledged before it " + least + ", begun "
                            + most);
        }
    }

    /** Compares with the owner's rows when nobody writes. */
    void check(Connection owner) throws SQLException {
        for (int which = 0; which <= ITEMS; which++) {
            long found = value(select(which, "").query(owner, true));
            long least = sums[which].acknowledged.get();
            if (found < least || found > least + sums[which].unknown.get()) {
                history.violation(id, "the owner's sum " + which + " is " + found + ", acknowledged " + least);
            }
        }
    }
}
