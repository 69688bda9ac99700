package io.shardshift.lab.model;

import io.shardshift.lab.model.UserRows.Item;
import io.shardshift.lab.model.UserRows.Note;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Reads all rows of one user. */
final class UserReader {
    private UserReader() {}

    static UserRows read(Connection connection, long user, String locking) throws SQLException {
        UserRows rows = new UserRows();
        for (List<String> row : query(connection, "item_no, qty, label FROM items", user, locking)) {
            rows.items.put(number(row), new Item(Long.parseLong(row.get(1)), row.get(2)));
        }
        for (List<String> row : query(connection, "ref, id, val, body FROM notes", user, locking)) {
            rows.notes.put(number(row), new Note(Long.parseLong(row.get(1)), Long.parseLong(row.get(2)), row.get(3)));
        }
        for (List<String> row : query(connection, "n, " + Thing.SHOWN + " FROM things", user, locking)) {
            long seed = Long.parseLong(row.get(1));
            boolean whole = row.subList(1, row.size()).equals(Thing.shown(seed));
            rows.things.put(number(row), whole ? seed : -1 - seed); // torn: equal to no seed
        }
        for (List<String> row : query(connection, "hits FROM counters", user, locking)) {
            rows.hits = Long.parseLong(row.get(0));
        }
        return rows;
    }

    private static int number(List<String> row) {
        return Integer.parseInt(row.get(0));
    }

    private static List<List<String>> query(Connection connection, String what, long user, String locking)
            throws SQLException {
        return SqlCall.of("SELECT " + what + " WHERE user_id = ?" + locking, user)
                .query(connection, true);
    }
}
