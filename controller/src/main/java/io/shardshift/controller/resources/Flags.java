package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.util.List;

/** Reads query parameters strictly: a dry run that is misspelt must not become a real one. */
final class Flags {
    private Flags() {}

    static boolean parse(String name, String value) throws ProblemException {
        return switch (value) {
            case "true", "" -> true;
            case "false" -> false;
            default ->
                throw new ProblemException(Problem.of(
                                ErrorCode.BAD_REQUEST,
                                "The query's {} is neither true nor false; nothing has changed",
                                name)
                        .remedy("ask again with {}=true or {}=false", name, name)
                        .withErrors(List.of(new FieldError(null, null, name, "expected true or false", "true"))));
        };
    }
}
