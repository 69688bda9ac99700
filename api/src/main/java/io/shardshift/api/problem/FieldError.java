package io.shardshift.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One error of a file or request.
 *
 * @param file the file's name, null for a request body
 * @param line counted from 1, null where unknown
 * @param field path of the field such as {@code slotMap.shop-1}
 * @param message what was expected and what was found
 * @param suggestion the near miss, or how to mend it; null where there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldError(
        @Nullable String file,
        @Nullable Integer line,
        String field,
        String message,
        @Nullable String suggestion) {}
