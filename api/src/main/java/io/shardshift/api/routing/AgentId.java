package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identity of one agent process's registration; never used again. At most 80 characters: letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record AgentId(@JsonValue String value) implements Comparable<AgentId> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public AgentId {
        Names.check("agent id", value, 80);
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
