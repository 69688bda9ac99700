package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Name of a keyspace: the tables that are sharded together by one shard key. At most 64 characters: letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record KeyspaceName(@JsonValue String value) implements Comparable<KeyspaceName> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public KeyspaceName {
        Names.check("keyspace name", value, 64);
    }

    @Override
    public int compareTo(KeyspaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
