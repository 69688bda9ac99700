package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;

/** The one table from an error's code to its HTTP status. */
final class ProblemStatus {
    private ProblemStatus() {}

    static int of(ErrorCode code) {
        return switch (code) { // no default: a new code does not compile until it is decided
            case BAD_REQUEST -> 400;
            case BAD_KEYSPACE, BAD_PLAN, PREFLIGHT_FAILED, STATEMENT_REFUSED -> 422;
            // findings of checks: only a plan that does not fit its shards is answered with one
            case ACCEPTED_UNKNOWN,
                    AGENT_RIGHTS_MISSING,
                    AUTO_INCREMENT_NOT_MANAGED,
                    BINLOG_COMPRESSED,
                    BINLOG_KEPT_BRIEFLY,
                    BINLOG_LEAVES_SCHEMA_OUT,
                    BINLOG_NOT_ROW,
                    BINLOG_OFF,
                    CHARACTER_SET_UNKNOWN,
                    CHECK_READS_TIMESTAMP,
                    CLOCKS_DIFFER,
                    COMMITS_NOT_DURABLE,
                    CONNECTION_ATTRIBUTES_OFF,
                    DEFINITIONS_DIFFER,
                    ENGINE_NOT_INNODB,
                    ENUM_INDEX_ZERO,
                    EVENT_WRITES_TABLE,
                    FOREIGN_KEY_ACROSS_SHARDS,
                    FOREIGN_KEY_UNSAFE,
                    FOREIGN_WRITERS,
                    GENERATED_FROM_TIMESTAMP,
                    GTID_OFF,
                    JSON_OPAQUE,
                    LOCAL_INFILE_OFF,
                    MULTI_PRIMARY,
                    PACKETS_TOO_SMALL,
                    PERFORMANCE_SCHEMA_OFF,
                    PRIMARY_KEY_INEXACT,
                    PRIMARY_KEY_MISSING,
                    PRIMARY_KEY_NOT_NAMED,
                    PRIMARY_KEY_NOT_ORDERED,
                    PRIMARY_KEY_ZERO_DATE,
                    REPLICA_COMMIT_ORDER_OFF,
                    RIGHTS_MISSING,
                    ROWS_WITHOUT_SLOT,
                    ROW_IMAGE_NOT_FULL,
                    ROW_VALUES_PARTIAL,
                    SERVER_READ_ONLY,
                    SERVER_UUID_NOT_UNIQUE,
                    SERVER_VERSION_UNSUPPORTED,
                    SETTINGS_DIFFER,
                    SHARDS_SHARE_SCHEMA,
                    SHARD_HAS_TWO_ROLES,
                    SHARD_IS_REPLICA,
                    SHARD_KEY_GENERATED,
                    SHARD_KEY_MISSING,
                    SHARD_KEY_NOT_NORMAL,
                    SHARD_KEY_NULLABLE,
                    SHARD_KEY_TEXT_NOT_BINARY,
                    SHARD_KEY_TYPE_UNSUPPORTED,
                    STATEMENTS_NOT_COUNTED,
                    TABLE_MISSING,
                    TABLE_NAME_CASE_DIFFERS,
                    TARGET_HOLDS_ROWS,
                    TRIGGER_WRITES_TABLE,
                    UNIQUE_KEY_OVER_EXPRESSION,
                    UNIQUE_KEY_WITHOUT_SHARD_KEY -> 422;
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
                    HISTORY_WENT_BACK,
                    SERVER_REPLACED -> 409;
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
