package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fails where two shards are one schema of one server. */
final class ShardsAreDistinct implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        Map<String, ShardView> bySchema = new HashMap<>();
        for (ShardView shard : context.shards()) {
            String schema = shard.query("SELECT DATABASE()").get(0).text(1);
            ShardView other = bySchema.putIfAbsent(shard.setting("server_uuid") + "/" + schema, shard);
            if (other != null || schema.isEmpty()) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.SHARDS_SHARE_SCHEMA,
                                        "{} and {} are both schema '{}' of the same server",
                                        shard,
                                        other == null ? "no other" : other,
                                        schema)
                                .remedy(
                                        "give each shard a url with a schema of its own: jdbc:mysql://host:port/schema"));
            }
        }
        return findings.list();
    }
}
