package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;

/** The one table from an error's code to its HTTP status. */
final class ProblemStatus {
    private ProblemStatus() {}

    static int of(ErrorCode code) {
        return switch (code) { // no default: a new code does not compile until it is decided
            case BAD_REQUEST, BAD_KEYSPACE, BAD_PLAN, PREFLIGHT_FAILED, STATEMENT_REFUSED -> 422;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND, KEYSPACE_UNKNOWN, MIGRATION_UNKNOWN -> 404;
            case KEYSPACE_DIFFERS,
                    KEYSPACE_BUSY,
                    MIGRATION_NAME_TAKEN,
                    MIGRATION_ENDED,
                    MIGRATION_RUNNING,
                    NOTHING_TO_ADVANCE,
                    ROLLBACK_IMPOSSIBLE,
                    NOTHING_TO_PURGE,
                    CHECK_FAILED,
                    WAITING_FOR_GATE,
                    AGENTS_NOT_ACKNOWLEDGED,
                    STREAM_BROKEN,
                    STREAM_NOT_CAUGHT_UP,
                    FENCE_HELD_BY_TRANSACTION,
                    FENCE_CHANGED_BY_ANOTHER,
                    HANDOFF_NOT_DRAINED,
                    HANDOFF_TAKEN_BACK,
                    HANDOFF_PAUSE_TOO_LONG,
                    HANDOFF_HELD_BY_TRANSACTION,
                    TWO_OWNERS_COLLIDE,
                    ROWS_DIFFER,
                    SCHEMA_CHANGED,
                    HISTORY_WENT_BACK -> 409;
            case NO_LEADER,
                    STORE_UNREACHABLE,
                    SHARD_UNREACHABLE,
                    LEADERSHIP_LOST,
                    THROTTLED,
                    HANDOVER_NOT_IN_TIME,
                    MIRROR_NOT_AVAILABLE -> 503;
            case OUTCOME_UNKNOWN, INTERNAL -> 500;
        };
    }
}
