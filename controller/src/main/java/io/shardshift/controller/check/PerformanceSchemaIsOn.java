package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails without performance_schema: neither an expelled agent's connections nor who blocks could be seen. */
final class PerformanceSchemaIsOn extends VariableCheck {
    PerformanceSchemaIsOn() {
        super(
                ErrorCode.PERFORMANCE_SCHEMA_OFF,
                Side.ALL,
                Wanted.of("performance_schema", "ON").remedy("restart the server with --performance-schema=ON"));
    }
}
