package io.shardshift.cli.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a file by itself: whether it says something that can be carried out, not whether the shards allow it. */
public interface PlanValidator {
    /** One mistake; {@code line} counts from 1. The names are those of the API's {@code errors[]}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PlanError(
            String file,
            @Nullable Integer line,
            @Nullable String field,
            String message,
            @Nullable String suggestion) {}

    /** Everything that is wrong with {@code file}, never only the first; empty: it is valid. */
    List<PlanError> validate(PlanFile file);
}
