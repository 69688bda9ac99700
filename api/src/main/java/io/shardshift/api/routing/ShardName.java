package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Name of a shard: one MySQL endpoint and schema. At most 64 characters: letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record ShardName(@JsonValue String value) implements Comparable<ShardName> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ShardName {
        Names.check("shard name", value, 64);
    }

    @Override
    public int compareTo(ShardName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
