package io.shardshift.lab.workload;

import io.shardshift.api.codec.Json;
import io.shardshift.lab.workload.HistoryEvent.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Compares the history of every acknowledged write with what the shards hold now, each row read where it lives. */
public final class HistoryChecker {
    /**
     * What was found.
     *
     * @param longestWriteMillis longest time of any write transaction
     */
    public record Verdict(
            long acknowledgedWrites,
            long lostWrites,
            long wrongReads,
            long applicationErrors,
            long reads,
            long longestWriteMillis,
            List<String> examples) {
        public boolean isClean() {
            return lostWrites == 0 && wrongReads == 0 && applicationErrors == 0;
        }
    }

    private final Map<List<Long>, Long> items = new HashMap<>();
    private final Map<Long, Long> orders = new HashMap<>();
    private final Map<Long, Long> increments = new HashMap<>();
    private final Set<Long> uncertainUsers = new HashSet<>();
    private final Map<Long, Long> maybeIncrements = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private final List<HistoryEvent> writes = new ArrayList<>();
    private long acknowledged;
    private long lost;
    private long wrong;
    private long errors;
    private long reads;
    private long longestMicros;

    /** Reads one process's history. */
    public void read(Path history) throws IOException {
        try (Stream<String> lines = Files.lines(history)) {
            lines.forEach(line -> take(Json.read(line.getBytes(StandardCharsets.UTF_8), HistoryEvent.class)));
        }
    }

    private void take(HistoryEvent event) {
        if (event.kind().isRead()) {
            reads++;
        } else {
            longestMicros = Math.max(longestMicros, event.micros());
            writes.add(event);
        }
        if (event.outcome() == Outcome.WRONG) {
            wrong++;
            example("wrong read", event);
        } else if (event.outcome() == Outcome.FAILED || event.outcome() == Outcome.UNKNOWN) {
            errors++;
            example("error", event);
        }
        if (event.outcome() == Outcome.ACKNOWLEDGED) {
            acknowledged++;
            switch (event.kind()) {
                case PUT_ITEM -> items.put(List.of(event.user(), event.item()), event.quantity());
                case DELETE_ITEM -> items.put(List.of(event.user(), event.item()), -1L);
                case ADD_ORDER -> orders.put(event.item(), event.quantity());
                case INCREMENT -> increments.merge(event.user(), 1L, Long::sum);
                case POINT_READ, RANGE_READ -> throw new IllegalStateException("a read is not acknowledged");
            }
        } else if (event.outcome() == Outcome.UNKNOWN) {
            if (event.kind() == HistoryEvent.Kind.INCREMENT) {
                maybeIncrements.merge(event.user(), 1L, Long::sum);
            } else {
                uncertainUsers.add(event.user());
            }
        }
    }

    private void example(String what, Object detail) {
        if (examples.size() < 20) {
            examples.add(what + ": " + detail);
        }
    }

    /** A schema with the users that live there now. */
    public interface Shard {
        Connection connect() throws SQLException;

        boolean holds(long user);
    }

    /** All that was acknowledged must be there, once. */
    public Verdict check(List<Shard> shards) throws SQLException {
        Map<List<Long>, Long> foundItems = new HashMap<>();
        Map<Long, Long> foundOrders = new HashMap<>();
        Map<Long, Long> hits = new HashMap<>();
        for (Shard shard : shards) {
            try (Connection connection = shard.connect();
                    Statement statement = connection.createStatement()) {
                each(statement, "SELECT user_id, item_no, qty FROM items", row -> {
                    if (shard.holds(row.getLong(1))) {
                        foundItems.put(List.of(row.getLong(1), row.getLong(2)), row.getLong(3));
                    }
                });
                each(statement, "SELECT id, user_id, CAST(amount * 100 AS SIGNED) FROM orders", row -> {
                    if (shard.holds(row.getLong(2))) {
                        foundOrders.put(row.getLong(1), row.getLong(3));
                    }
                });
                each(statement, "SELECT user_id, hits FROM counters", row -> {
                    if (shard.holds(row.getLong(1))) {
                        hits.put(row.getLong(1), row.getLong(2));
                    }
                });
            }
        }
        new TreeMap<>(increments).forEach((user, expected) -> {
            long found = hits.getOrDefault(user, -1L);
            if (found < expected || found > expected + maybeIncrements.getOrDefault(user, 0L)) {
                lose("counter of user " + user + " is " + found + ", acknowledged " + expected);
            }
        });
        items.forEach((key, expected) -> {
            long found = foundItems.getOrDefault(key, -1L);
            if (found != expected && !uncertainUsers.contains(key.get(0))) {
                lose("item " + key + " is " + found + ", acknowledged " + expected);
            }
        });
        orders.forEach((id, expected) -> {
            if (!expected.equals(foundOrders.get(id))) {
                lose("order " + id + " is " + foundOrders.get(id) + ", acknowledged " + expected);
            }
        });
        return new Verdict(acknowledged, lost, wrong, errors, reads, longestMicros / 1_000, List.copyOf(examples));
    }

    /** Longest time of a write that was answered within the span, in milliseconds; null when there was none. */
    public Long longestWriteMillis(long fromMillis, long toMillis) {
        return writes.stream()
                .filter(event -> event.at() >= fromMillis && event.at() < toMillis)
                .map(HistoryEvent::micros)
                .max(Long::compare)
                .map(micros -> micros / 1_000)
                .orElse(-1L);
    }

    private void lose(String what) {
        lost++;
        example("lost", what);
    }

    @FunctionalInterface
    private interface RowTaker {
        void take(ResultSet row) throws SQLException;
    }

    private static void each(Statement statement, String sql, RowTaker taker) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                taker.take(rows);
            }
        }
    }
}
