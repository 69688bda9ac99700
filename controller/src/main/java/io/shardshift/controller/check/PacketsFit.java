package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where a row that the source took may be too large for the target. */
final class PacketsFit implements Check {
    /** An INSERT of a mirror write is up to 1 MiB of values, which may double when escaped; one row may be larger. */
    private static final long LEAST_BYTES = 4L << 20;

    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            long found = shard.settingNumber("max_allowed_packet");
            if (found < LEAST_BYTES) {
                findings.fail(shard, problem(shard, found, LEAST_BYTES, "what one statement of ours may need"));
            }
        }
        for (ShardView source : context.sources()) {
            for (ShardView target : context.targets()) {
                long wanted = source.settingNumber("max_allowed_packet");
                long found = target.settingNumber("max_allowed_packet");
                if (found < wanted) {
                    findings.fail(target, problem(target, found, wanted, "what " + source + " has"));
                }
            }
        }
        return findings.list();
    }

    private static Problem problem(ShardView shard, long found, long wanted, String why) {
        return Problem.of(
                        ErrorCode.PACKETS_TOO_SMALL,
                        "max_allowed_packet is {} bytes on {}, expected at least {}, {}",
                        found,
                        shard,
                        wanted,
                        why)
                .remedy("SET PERSIST max_allowed_packet = {}, then reconnect the sessions that are open now", wanted);
    }
}
