package io.shardshift.controller.stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A place between two events of a shard's binlog. Its size does not depend on the number of rows.
 *
 * @param offset the stream's own words for it: for MySQL {@code file}, {@code pos}, {@code gtids} (the set before the
 *     transaction under way) and how much of that transaction to skip
 */
public record StreamPosition(Map<String, Object> offset) {
    /** How the words begin that say how far the naming of rows has come. */
    private static final String NAMING = "incremental_snapshot";

    /**
     * The position of a named row has this word too. An engine that is opened with it takes all that comes next for a part of
     * a snapshot that was cut off.
     */
    private static final String SNAPSHOT = "snapshot";

    public StreamPosition {
        Map<String, Object> words = new TreeMap<>(offset);
        words.remove(SNAPSHOT);
        offset = Collections.unmodifiableMap(words);
    }

    /** The transactions that come before this place, as a GTID set; empty when there are none. */
    @JsonIgnore
    public String gtids() {
        return offset.get("gtids") instanceof String gtids ? gtids : "";
    }

    /** Id of the naming of rows that is under way here: a stream that is opened here goes on with it. */
    public Optional<String> namingUnderWay() {
        boolean underWay = offset.get(NAMING + "_collections") instanceof String tables && !tables.equals("[]");
        return underWay ? Optional.of(String.valueOf(offset.get(NAMING + "_correlation_id"))) : Optional.empty();
    }

    /** The same place in the binlog, where no rows are being named. */
    public StreamPosition withoutNaming() {
        Map<String, Object> binlog = new TreeMap<>(offset);
        binlog.keySet().removeIf(word -> word.startsWith(NAMING));
        return new StreamPosition(binlog);
    }

    /**
     * Whether a stream may be opened again here though this position came with a row that was named. Debezium hands named
     * rows out just <em>before</em> a change, with that change already counted in the position.
     */
    boolean isBetweenChanges() {
        return !(offset.get("row") instanceof Number rows) || rows.longValue() == 0;
    }
}
