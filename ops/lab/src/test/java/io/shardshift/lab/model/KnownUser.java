package io.shardshift.lab.model;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A user whose transactions are made one after the other, by whichever thread and agent holds {@link #lock}: what its rows
 * are is known exactly, or after an unknown outcome is one of two.
 */
final class KnownUser {
    private static final int MOST_ACTIONS = 5;

    final long id;
    final ReentrantLock lock = new ReentrantLock();
    private final History history;
    /** One, or two after an unknown outcome; none after a violation, which is told once: then it is what is there. */
    private List<UserRows> possible = List.of(new UserRows());
    /** Hits that every read begun now must see. */
    private volatile long acknowledgedHits;
    /** Hits that no read may be above. */
    private volatile long startedHits;

    KnownUser(long id, History history) {
        this.id = id;
        this.history = history;
    }

    /** One thread's turn: one transaction. */
    void turn(Connection connection, Random random) throws SQLException {
        if (possible.size() != 1) {
            settle(connection);
            return;
        }
        UserRows before = possible.get(0);
        Turn turn = new Turn(connection, random, before.copy());
        int dice = random.nextInt(100);
        if (dice < 45) {
            turn.alone(before);
        } else if (dice < 92) {
            turn.transaction(before);
        } else {
            turn.readOnly();
        }
    }

    private void becomes(UserRows rows) {
        possible = List.of(rows);
        acknowledgedHits = rows.hits;
        history.acknowledged.incrementAndGet();
    }

    private void mayBe(UserRows before, UserRows after) {
        possible = List.of(before, after);
        history.unknown.incrementAndGet();
    }

    /** After an unknown outcome: which of the two it is, read under locks. */
    private void settle(Connection connection) throws SQLException {
        UserRows found = locked(connection);
        if (!possible.isEmpty() && possible.stream().noneMatch(rows -> rows.isAs(found))) {
            history.violation(id, "after an unknown outcome neither of two: found " + found + ", expected " + possible);
        }
        becomes(found);
    }

    private UserRows locked(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        UserRows found = UserReader.read(connection, id, " FOR UPDATE");
        connection.rollback();
        connection.setAutoCommit(true);
        return found;
    }

    private void wrong(String what) {
        history.violation(id, what);
        possible = List.of();
    }

    /** A read beside the writers: never older than what was acknowledged when it began. */
    void racingRead(Connection connection, boolean prepared, boolean point) throws SQLException {
        long least = acknowledgedHits;
        String what = point ? "hits" : "SUM(hits)";
        List<List<String>> found = SqlCall.of("SELECT " + what + " FROM counters WHERE user_id = ?", id)
                .query(connection, prepared);
        long most = startedHits;
        long hits = found.isEmpty() ? -1 : Long.parseLong(found.get(0).get(0));
        if (hits < least || hits > most) {
            history.violation(
                    id,
                    "a read of " + what + " is " + hits + ", acknowledged before it " + least + ", begun by then "
                            + most);
        }
    }

    /** Compares with the owner's rows when nobody writes. */
    void check(Connection owner) throws SQLException {
        UserRows found = UserReader.read(owner, id, "");
        if (!possible.isEmpty() && possible.stream().noneMatch(rows -> rows.isAs(found))) {
            history.violation(id, "the owner holds " + found + ", acknowledged is " + possible);
        }
    }

    /** One transaction's way; {@code rows} is what it has made so far. */
    private final class Turn {
        private final Connection connection;
        private final Random random;
        private final ItemStatements items;
        private final NoteStatements notes;
        private final ThingStatements things;
        private UserRows rows;

        Turn(Connection connection, Random random, UserRows rows) {
            this.connection = connection;
            this.random = random;
            this.rows = rows;
            items = new ItemStatements(random, id);
            notes = new NoteStatements(random, id);
            things = new ThingStatements(random, id);
        }

        private Change drawChange() {
            return switch (random.nextInt(10)) {
                case 0, 1, 2 -> items.change(rows);
                case 3, 4, 5 -> notes.change(rows);
                case 6, 7 -> things.change(rows);
                default -> hit();
            };
        }

        private Change hit() {
            SqlCall call = random.nextBoolean()
                    ? SqlCall.of("UPDATE counters SET hits = hits + 1, at = NOW(6) WHERE user_id = ?", id)
                    : SqlCall.of(
                            "INSERT INTO counters (user_id, hits) VALUES (?, 1) ON DUPLICATE KEY UPDATE hits = hits + 1",
                            id);
            startedHits = Math.max(startedHits, rows.hits + 1);
            return Change.of(call, (now, keys) -> {
                now.hits++;
                return Change.ANY_COUNT;
            });
        }

        private Query drawQuery(String locking) {
            return switch (random.nextInt(3)) {
                case 0 -> items.query(rows, locking);
                case 1 -> notes.query(rows, locking);
                default -> things.query(rows, locking);
            };
        }

        private void query(String locking) throws SQLException {
            Query query = drawQuery(locking);
            List<List<String>> found = query.call().query(connection, random.nextBoolean());
            if (!found.equals(query.answer())) {
                history.violation(
                        id, "wrong read: " + query.call() + "\n  found " + found + "\n  right " + query.answer());
            }
        }

        /** A lone statement under autocommit. */
        void alone(UserRows before) throws SQLException {
            if (random.nextInt(3) == 0) {
                try {
                    query(random.nextInt(8) == 0 ? " FOR UPDATE" : "");
                } catch (SQLException e) {
                    failedRead(e);
                }
                return;
            }
            Change change = drawChange();
            try {
                apply(change);
                history.event(id, "alone " + change.call());
                becomes(rows);
            } catch (SQLException e) {
                history.failed(id, "alone " + change.call(), e);
                Failure failure = Failure.of(e);
                if (failure == Failure.UNKNOWN) {
                    change.effect().apply(rows, List.of());
                    mayBe(before, rows);
                } else if (!history.mayCome(failure)) {
                    wrong("unexpected error: " + change.call() + ": " + e);
                }
            }
        }

        /** Runs the change and makes it in the model; a duplicate that had to be met is met. */
        private void apply(Change change) throws SQLException {
            try {
                SqlCall.Changed changed = change.call().change(connection, random.nextBoolean(), change.keys());
                if (change.duplicate()) {
                    history.violation(id, "no duplicate key: " + change.call());
                }
                int count = change.effect().apply(rows, changed.keys());
                if (count != Change.ANY_COUNT && count != changed.count()) {
                    history.violation(
                            id, "update count " + changed.count() + ", right " + count + ": " + change.call());
                }
            } catch (SQLException e) {
                if (!change.duplicate() || Failure.of(e) != Failure.DUPLICATE) {
                    throw e;
                }
            }
        }

        void transaction(UserRows before) throws SQLException {
            boolean committing = false;
            StringBuilder log = new StringBuilder("transaction");
            connection.setAutoCommit(false);
            try {
                int actions = 1 + random.nextInt(MOST_ACTIONS);
                for (int i = 0; i < actions; i++) {
                    action(log);
                }
                if (random.nextInt(7) == 0) {
                    connection.rollback();
                    history.event(id, log + "; ROLLBACK");
                } else {
                    committing = true;
                    connection.commit();
                    history.event(id, log + "; COMMIT");
                    becomes(rows);
                }
            } catch (SQLException e) {
                history.failed(id, log + (committing ? "; COMMIT" : ""), e);
                Failure failure = Failure.of(e);
                if (failure == Failure.UNKNOWN) {
                    mayBe(before, rows);
                } else if (!history.mayCome(failure)) {
                    wrong("unexpected error after " + log + ": " + e);
                }
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }

        private void action(StringBuilder log) throws SQLException {
            int dice = random.nextInt(100);
            if (dice < 55) {
                change(log);
            } else if (dice < 80) {
                query(List.of("", "", " FOR UPDATE", " FOR SHARE").get(random.nextInt(4)));
            } else if (dice < 90) {
                savepoint(log);
            } else {
                batch(log);
            }
        }

        private void change(StringBuilder log) throws SQLException {
            Change change = drawChange();
            log.append("; ").append(change.call());
            apply(change);
        }

        private void savepoint(StringBuilder log) throws SQLException {
            Savepoint savepoint = connection.setSavepoint();
            UserRows saved = rows.copy();
            log.append("; SAVEPOINT");
            int actions = 1 + random.nextInt(2);
            for (int i = 0; i < actions; i++) {
                change(log);
            }
            if (random.nextInt(3) > 0) {
                log.append("; ROLLBACK TO SAVEPOINT");
                connection.rollback(savepoint);
                rows = saved;
            } else {
                connection.releaseSavepoint(savepoint);
            }
        }

        private void batch(StringBuilder log) throws SQLException {
            List<Change> changes = items.batch();
            log.append("; batch of ")
                    .append(changes.size())
                    .append(' ')
                    .append(changes.get(0).call());
            int[] counts;
            if (random.nextBoolean()) {
                try (PreparedStatement statement =
                        connection.prepareStatement(changes.get(0).call().sql())) {
                    for (Change change : changes) {
                        change.call().bind(statement);
                        statement.addBatch();
                    }
                    counts = statement.executeBatch();
                }
            } else {
                try (Statement statement = connection.createStatement()) {
                    for (Change change : changes) {
                        statement.addBatch(change.call().text());
                    }
                    counts = statement.executeBatch();
                }
            }
            for (int i = 0; i < counts.length; i++) {
                int right = changes.get(i).effect().apply(rows, List.of());
                if (counts[i] != right) {
                    history.violation(
                            id,
                            "batch count " + counts[i] + ", right " + right + ": "
                                    + changes.get(i).call());
                }
            }
        }

        void readOnly() throws SQLException {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            try {
                int queries = 1 + random.nextInt(3);
                for (int i = 0; i < queries; i++) {
                    query("");
                }
                connection.commit();
            } catch (SQLException e) {
                failedRead(e);
                connection.rollback();
            }
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
        }

        private void failedRead(SQLException e) {
            history.failed(id, "read", e);
            if (!history.mayCome(Failure.of(e))) {
                history.violation(id, "unexpected error of a read: " + e);
            }
        }
    }
}
