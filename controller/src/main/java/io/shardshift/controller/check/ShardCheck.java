package io.shardshift.controller.check;

import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.ProblemException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** A check that goes from shard to shard: one that cannot be looked at is a finding of its own, and hides no other. */
abstract class ShardCheck implements Check {
    /** Which shards of a migration are looked at. */
    enum Side {
        ALL,
        SOURCES,
        TARGETS;

        private List<ShardView> of(CheckContext context) {
            return switch (this) {
                case ALL -> context.shards();
                case SOURCES -> context.sources();
                case TARGETS -> context.targets();
            };
        }
    }

    private final Side side;
    private final Set<Scope> scopes;

    ShardCheck(Side side, Set<Scope> scopes) {
        this.side = side;
        this.scopes = scopes;
    }

    @Override
    public final Set<Scope> scopes() {
        return scopes;
    }

    @Override
    public final List<Finding> inspect(CheckContext context) {
        Findings findings = new Findings(this);
        for (ShardView shard : side.of(context)) {
            try {
                inspect(context, shard, findings);
            } catch (SQLException | ProblemException | RuntimeException e) {
                findings.couldNotRun(shard, e);
            }
        }
        return findings.list();
    }

    abstract void inspect(CheckContext context, ShardView shard, Findings findings)
            throws SQLException, ProblemException;
}
