package io.shardshift.plans.file;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping with known fields. */
record Fields(Value owner, Map<String, Value> values) {
    @Nullable
    Value optional(String field) {
        return values.get(field);
    }

    /** Adds an error when the field is not there. */
    @Nullable
    Value required(String field, String what) {
        Value value = values.get(field);
        if (value == null) {
            owner.missing(field, what);
        }
        return value;
    }
}
