package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails without performance_schema: neither an expelled agent's connections nor who blocks could be seen. */
final class PerformanceSchemaIsOn implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("performance_schema");
            if (!found.equals("ON")) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.PERFORMANCE_SCHEMA_OFF,
                                        "performance_schema is {} on {}, expected ON",
                                        found,
                                        shard)
                                .remedy("start the server with --performance-schema=ON"));
            }
        }
        return findings.list();
    }
}
