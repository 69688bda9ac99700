package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where a row that the source took may be too large for the target. */
final class PacketsFit extends ShardCheck {
    private static final String VARIABLE = "max_allowed_packet";
    /** An INSERT of a mirror write is up to 1 MiB of values, which may double when escaped; one row may be larger. */
    private static final long LEAST_BYTES = 4L << 20;

    PacketsFit() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        long found = shard.settingNumber(VARIABLE);
        long wanted = LEAST_BYTES;
        String why = "one statement of ours may need";
        for (ShardView source : context.sources()) {
            if (shard.isTarget() && source.settingNumber(VARIABLE) > wanted) {
                wanted = source.settingNumber(VARIABLE);
                why = source + " has";
            }
        }
        if (found < wanted) {
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.PACKETS_TOO_SMALL,
                                    "{} is {} bytes on {}, expected at least {}, which {}",
                                    VARIABLE,
                                    found,
                                    shard,
                                    wanted,
                                    why)
                            .remedy("SET PERSIST {} = {}{}", VARIABLE, wanted, VariableCheck.Wanted.RECONNECT));
        }
    }
}
