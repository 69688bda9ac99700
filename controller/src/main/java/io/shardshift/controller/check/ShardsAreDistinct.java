package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fails where two shards are one schema of one server. */
final class ShardsAreDistinct implements Check {
    @Override
    public Set<Scope> scopes() {
        return Scope.AT_FIRST;
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        Map<String, ShardView> bySchema = new HashMap<>();
        for (ShardView shard : context.shards()) {
            String schema = shard.schemaName();
            ShardView other = bySchema.putIfAbsent(shard.setting("server_uuid") + "/" + schema, shard);
            if (other != null || schema.isEmpty()) {
                String what = other == null
                        ? "names no schema in its url"
                        : "is the same schema of the same server as " + other;
                findings.fail(
                        shard,
                        Problem.of(ErrorCode.SHARDS_SHARE_SCHEMA, "{} {}, expected a schema of its own", shard, what)
                                .remedy("keyspace shards: {{}: {url: jdbc:mysql://host:port/schema}}", shard));
            }
        }
        return findings.list();
    }
}
