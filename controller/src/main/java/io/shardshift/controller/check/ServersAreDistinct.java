package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Fails where two servers share a server_uuid: a fence could not tell them apart, nor could a stream. */
final class ServersAreDistinct implements Check {
    @Override
    public Set<Scope> scopes() {
        return Scope.AT_FIRST;
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        Map<String, ShardView> byUuid = new HashMap<>();
        for (ShardView shard : context.shards()) {
            ShardView other = byUuid.putIfAbsent(shard.setting("server_uuid"), shard);
            if (other != null && !endpoint(shard).equals(endpoint(other))) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.SERVER_UUID_NOT_UNIQUE,
                                        "{} and {} are different servers with the same server_uuid {}",
                                        other,
                                        shard,
                                        shard.setting("server_uuid"))
                                .remedy(
                                        "rm {}auto.cnf # with the server of {} stopped, then start it again",
                                        shard.setting("datadir").toLowerCase(Locale.ROOT),
                                        shard));
            }
        }
        return findings.list();
    }

    /** As the server itself names its place: the name in a url may be one of several. */
    private static String endpoint(ShardView shard) throws SQLException {
        return shard.setting("hostname") + ":" + shard.setting("port") + ":" + shard.setting("datadir");
    }
}
