package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where a replica may commit a fence before the rows that precede it [20]. */
final class ReplicasKeepCommitOrder extends ShardCheck {
    ReplicasKeepCommitOrder() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        boolean old = shard.setting("replica_preserve_commit_order").isEmpty(); // before 8.0.26
        String variable = old ? "slave_preserve_commit_order" : "replica_preserve_commit_order";
        if (shard.setting(variable).equals("OFF") && hasReplication(shard, old)) { // [20]
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.REPLICA_COMMIT_ORDER_OFF,
                                    "{} is OFF on {}, which has a part in replication, expected ON",
                                    variable,
                                    shard)
                            .remedy(
                                    "STOP REPLICA SQL_THREAD; SET PERSIST {} = ON; START REPLICA SQL_THREAD;"
                                            + " -- on every replica",
                                    variable));
        }
    }

    private static boolean hasReplication(ShardView shard, boolean old) throws SQLException {
        return !shard.query("SELECT 1 FROM performance_schema.replication_connection_configuration")
                        .isEmpty()
                || !shard.query(old ? "SHOW SLAVE HOSTS" : "SHOW REPLICAS").isEmpty();
    }
}
