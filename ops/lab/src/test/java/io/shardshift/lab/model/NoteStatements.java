package io.shardshift.lab.model;

import io.shardshift.lab.model.UserRows.Note;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Statements on {@code notes}: a generated primary key without the shard key, and a unique key that the user knows. */
final class NoteStatements {
    private static final int REFS = 6;

    private final Random random;
    private final long user;

    NoteStatements(Random random, long user) {
        this.random = random;
        this.user = user;
    }

    private int ref() {
        return random.nextInt(REFS);
    }

    Change change(UserRows rows) {
        return switch (random.nextInt(9)) {
            case 0, 1 -> insert(rows);
            case 2, 3 -> upsert();
            case 4 -> replace();
            case 5 -> updateById(rows);
            case 6 -> updateByRef();
            case 7 -> deleteById(rows);
            default -> deleteSome(rows);
        };
    }

    private Change insert(UserRows rows) {
        TreeMap<Integer, Note> notes = new TreeMap<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            notes.put(ref(), new Note(UserRows.UNKNOWN, random.nextInt(1_000), "body " + random.nextInt(1_000)));
        }
        boolean duplicate = notes.keySet().stream().anyMatch(rows.notes::containsKey);
        List<@Nullable Object> values = new ArrayList<>();
        notes.forEach((ref, note) -> values.addAll(List.of(user, ref, note.value(), note.body())));
        SqlCall call = new SqlCall(
                "INSERT INTO notes (user_id, ref, val, body) VALUES "
                        + String.join(", ", Collections.nCopies(notes.size(), "(?, ?, ?, ?)")),
                values);
        return new Change(call, duplicate, true, (now, keys) -> {
            int next = 0;
            for (Map.Entry<Integer, Note> note : notes.entrySet()) {
                long id = keys.size() == notes.size() ? keys.get(next++) : UserRows.UNKNOWN;
                now.notes.put(
                        note.getKey(),
                        new Note(id, note.getValue().value(), note.getValue().body()));
            }
            return notes.size();
        });
    }

    private Change upsert() {
        int ref = ref();
        int value = random.nextInt(1_000);
        String body = "upsert " + random.nextInt(1_000);
        return Change.of(
                SqlCall.of(
                        "INSERT INTO notes (user_id, ref, val, body) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE val = val"
                                + " + 1, body = VALUES(body)",
                        user,
                        ref,
                        value,
                        body),
                (now, keys) -> {
                    now.notes.merge(
                            ref,
                            new Note(UserRows.UNKNOWN, value, body),
                            (before, added) -> new Note(before.id(), before.value() + 1, body));
                    return Change.ANY_COUNT;
                });
    }

    private Change replace() {
        int ref = ref();
        int value = random.nextInt(1_000);
        String body = "replace " + random.nextInt(1_000);
        SqlCall call =
                SqlCall.of("REPLACE INTO notes (user_id, ref, val, body) VALUES (?, ?, ?, ?)", user, ref, value, body);
        return new Change(call, false, true, (now, keys) -> {
            long id = keys.size() == 1 ? keys.get(0) : UserRows.UNKNOWN;
            now.notes.put(ref, new Note(id, value, body));
            return Change.ANY_COUNT;
        });
    }

    /** A note whose id is known, or one that is not there. */
    private Map.Entry<Integer, Note> known(UserRows rows) {
        List<Map.Entry<Integer, Note>> known = rows.notes.entrySet().stream()
                .filter(note -> note.getValue().id() != UserRows.UNKNOWN)
                .toList();
        return known.isEmpty()
                ? Map.entry(-1, new Note(1_000_000_000L + user, 0, ""))
                : known.get(random.nextInt(known.size()));
    }

    private Change updateById(UserRows rows) {
        Map.Entry<Integer, Note> note = known(rows);
        long id = note.getValue().id();
        return Change.of(
                SqlCall.of("UPDATE notes SET val = val + 1 WHERE id = ? AND user_id = ?", id, user), (now, keys) -> {
                    Note present = now.notes.computeIfPresent(
                            note.getKey(), (ref, before) -> new Note(before.id(), before.value() + 1, before.body()));
                    return present == null ? 0 : 1;
                });
    }

    private Change updateByRef() {
        int ref = ref();
        String body = "update " + random.nextInt(1_000);
        return Change.of(
                SqlCall.of("UPDATE notes SET body = ? WHERE user_id = ? AND ref >= ?", body, user, ref),
                (now, keys) -> {
                    Map<Integer, Note> tail = now.notes.tailMap(ref);
                    tail.replaceAll((any, before) -> new Note(before.id(), before.value(), body));
                    return tail.size();
                });
    }

    private Change deleteById(UserRows rows) {
        Map.Entry<Integer, Note> note = known(rows);
        return Change.of(
                SqlCall.of(
                        "DELETE FROM notes WHERE user_id = ? AND id = ?",
                        user,
                        note.getValue().id()),
                (now, keys) -> now.notes.remove(note.getKey()) == null ? 0 : 1);
    }

    private Change deleteSome(UserRows rows) {
        if (random.nextBoolean()) {
            int ref = ref();
            return Change.of(
                    SqlCall.of("DELETE FROM notes WHERE user_id = ? AND ref = ?", user, ref),
                    (now, keys) -> now.notes.remove(ref) == null ? 0 : 1);
        }
        List<Integer> even = rows.notes.entrySet().stream()
                .filter(note -> note.getValue().value() % 3 == 0)
                .map(Map.Entry::getKey)
                .toList();
        return Change.of(SqlCall.of("DELETE FROM notes WHERE user_id = ? AND val % 3 = 0", user), (now, keys) -> {
            now.notes.keySet().removeAll(even);
            return even.size();
        });
    }

    Query query(UserRows rows, String locking) {
        if (random.nextBoolean()) {
            Map.Entry<Integer, Note> note = known(rows);
            boolean there = note.getKey() >= 0;
            return new Query(
                    SqlCall.of(
                            "SELECT ref, val, body FROM notes WHERE id = ? AND user_id = ?" + locking,
                            note.getValue().id(),
                            user),
                    there ? List.of(row(note.getKey(), note.getValue())) : List.of());
        }
        List<List<String>> answer = new ArrayList<>();
        rows.notes.forEach((ref, note) -> answer.add(row(ref, note)));
        return new Query(
                SqlCall.of("SELECT ref, val, body FROM notes WHERE user_id = ? ORDER BY ref" + locking, user), answer);
    }

    private static List<String> row(int ref, Note note) {
        return List.of(Integer.toString(ref), Long.toString(note.value()), note.body());
    }
}
