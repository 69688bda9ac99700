package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Version of the whole route table of a keyspace; only ever grows. */
public record RoutesEpoch(@JsonValue long value) implements Comparable<RoutesEpoch> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RoutesEpoch {
        if (value < 0) {
            throw new IllegalArgumentException("a routes epoch is 0 or more, found " + value);
        }
    }

    public RoutesEpoch next() {
        return new RoutesEpoch(value + 1);
    }

    public boolean isBefore(RoutesEpoch other) {
        return value < other.value;
    }

    @Override
    public int compareTo(RoutesEpoch other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
