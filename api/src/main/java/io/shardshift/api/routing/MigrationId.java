package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identity of a migration that is never used again, unlike its name; fences carry it. At most 80 characters: letters, digits, {@code _}, {@code -} and {@code .}, beginning with a letter or digit. */
public record MigrationId(@JsonValue String value) implements Comparable<MigrationId> {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MigrationId {
        Names.check("migration id", value, 80);
    }

    @Override
    public int compareTo(MigrationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
