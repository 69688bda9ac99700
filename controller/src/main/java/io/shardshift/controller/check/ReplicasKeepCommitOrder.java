package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where a replica may commit a fence before the rows that precede it [20]. */
final class ReplicasKeepCommitOrder implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            boolean off = shard.setting("replica_preserve_commit_order").equals("OFF")
                    || shard.setting("slave_preserve_commit_order").equals("OFF"); // before 8.0.26
            if (off && hasReplicationOf(shard)) { // [20]
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.REPLICA_COMMIT_ORDER_OFF,
                                        "replica_preserve_commit_order is OFF on {}, which has a part in replication",
                                        shard)
                                .remedy("on every replica: STOP REPLICA SQL_THREAD; SET PERSIST"
                                        + " replica_preserve_commit_order = ON; START REPLICA SQL_THREAD"));
            }
        }
        return findings.list();
    }

    private static boolean hasReplicationOf(ShardView shard) throws SQLException {
        String known = shard.setting("replica_preserve_commit_order");
        return !shard.query("SELECT 1 FROM performance_schema.replication_connection_configuration")
                        .isEmpty()
                || !shard.query(known.isEmpty() ? "SHOW SLAVE HOSTS" : "SHOW REPLICAS")
                        .isEmpty();
    }
}
