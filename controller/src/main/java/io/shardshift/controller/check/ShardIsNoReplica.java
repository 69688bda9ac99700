package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where a shard applies the changes of another server: they go past the fence [20]. */
final class ShardIsNoReplica extends ShardCheck {
    ShardIsNoReplica() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        for (SqlRow row : shard.query("SELECT CHANNEL_NAME FROM performance_schema.replication_applier_status"
                + " WHERE SERVICE_STATE = 'ON' AND CHANNEL_NAME NOT LIKE 'group\\_replication\\_%'")) { // [20]
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.SHARD_IS_REPLICA,
                                    "{} applies changes of another server by channel '{}', expected the only writer",
                                    shard,
                                    row.text(1))
                            .remedy(
                                    "STOP REPLICA FOR CHANNEL '{}'; -- or name its primary in the shard's url",
                                    row.text(1)));
        }
    }
}
