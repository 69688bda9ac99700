package io.shardshift.controller.stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A place between two events of a shard's binlog. Its size does not depend on the number of rows.
 *
 * @param offset the stream's own words for it: for MySQL {@code file}, {@code pos}, {@code gtids} (the set before the
 *     transaction under way) and how much of that transaction to skip
 */
public record StreamPosition(Map<String, Object> offset) {
    public StreamPosition {
        offset = Collections.unmodifiableMap(new TreeMap<>(offset));
    }

    /** The transactions that come before this place, as a GTID set; empty when there are none. */
    @JsonIgnore
    public String gtids() {
        return offset.get("gtids") instanceof String gtids ? gtids : "";
    }
}
