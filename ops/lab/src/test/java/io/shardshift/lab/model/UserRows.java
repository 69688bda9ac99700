package io.shardshift.lab.model;

import java.util.Map;
import java.util.TreeMap;

/** What one user's rows must be. Not thread-safe. */
final class UserRows {
    record Item(long quantity, String label) {}

    /** @param id {@link #UNKNOWN} while the generated key has not been seen */
    record Note(long id, long value, String body) {
        boolean isAs(Note found) {
            return (id == UNKNOWN || id == found.id) && value == found.value && body.equals(found.body);
        }
    }

    static final long UNKNOWN = -1;

    final TreeMap<Integer, Item> items = new TreeMap<>();
    final TreeMap<Integer, Note> notes = new TreeMap<>();
    /** The seed of each thing's columns, by its number. */
    final TreeMap<Integer, Long> things = new TreeMap<>();

    long hits;

    UserRows copy() {
        UserRows copy = new UserRows();
        copy.items.putAll(items);
        copy.notes.putAll(notes);
        copy.things.putAll(things);
        copy.hits = hits;
        return copy;
    }

    /** Whether {@code found}, as read, is what must be. */
    boolean isAs(UserRows found) {
        return items.equals(found.items)
                && things.equals(found.things)
                && hits == found.hits
                && notes.keySet().equals(found.notes.keySet())
                && notes.entrySet().stream()
                        .allMatch((Map.Entry<Integer, Note> note) ->
                                note.getValue().isAs(found.notes.getOrDefault(note.getKey(), note.getValue())));
    }

    @Override
    public String toString() {
        return "items " + items + " notes " + notes + " things " + things + " hits " + hits;
    }
}
