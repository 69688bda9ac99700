package io.shardshift.controller.fence;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.FenceException.Kind;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;

/**
 * The pair of fences of one group, changed under an intent: the intent is stored before the first change and cleared when
 * both fences are at rest and the routes of that rest are published [32]. Every role is taken with this leader's term
 * before it is concluded from, so that an UPDATE of a lost connection can no longer match [1]. Not thread-safe: one step
 * of one migration at a time changes fences.
 */
public final class GroupFences {
    /** What an intent node holds, for people and for a new leader. */
    public record Intent(int version, String purpose, long term) {}

    private final FenceChanger changer;
    private final LeaderStore store;
    private final MigrationName migration;

    public GroupFences(FenceChanger changer, LeaderStore store, MigrationName migration) {
        this.changer = changer;
        this.store = store;
        this.migration = migration;
    }

    public FenceChanger changer() {
        return changer;
    }

    /** Records, in a transaction that checks the term, that the group's fences are about to change. */
    public void openIntent(Group group, String purpose) throws CoordinationException, LeadershipLost {
        store.ensure(ZnodePaths.intents(migration));
        store.put(
                ZnodePaths.intent(migration, group.id()),
                new Intent(1, purpose, store.term().number()));
    }

    public boolean hasIntent(Group group) throws CoordinationException {
        return store.read(ZnodePaths.intent(migration, group.id()), Intent.class)
                .isPresent();
    }

    /** Call it only with both fences at rest in a named phase, its routes published, and every UPDATE answered [32]. */
    public void clearIntent(Group group) throws CoordinationException, LeadershipLost {
        store.delete(ZnodePaths.intent(migration, group.id()));
    }

    /** The fence with this leader's term on it, read in the change that stamped it. */
    public Fence taken(Group group, ShardName shard, Deadline deadline) throws FenceException {
        return changer.settle(shard, group.id(), deadline);
    }

    /** As {@link #taken}, and stamped for the server that answers [19]. */
    public Fence stamp(Group group, ShardName shard, Deadline deadline) throws FenceException {
        return changer.stamp(shard, group.id(), deadline);
    }

    /** Brings a taken fence to {@code role}; one that has it is left alone. */
    public Fence bring(Fence taken, ShardName shard, Role role, Deadline deadline) throws FenceException {
        if (taken.role() == role) {
            return taken;
        }
        try {
            return changer.change(shard, taken, role, deadline);
        } catch (FenceException e) {
            if (e.kind() != Kind.OUTCOME_UNKNOWN) {
                throw e;
            }
            // [1] nothing else is changed or concluded until that same fence was rewritten and its role read in that
            // change
            Fence settled = settled(shard, e, deadline);
            return settled.role() == role ? settled : changer.change(shard, settled, role, deadline);
        }
    }

    /** A fence that cannot be rewritten now stays what it was: of unknown outcome. */
    private Fence settled(ShardName shard, FenceException unknown, Deadline deadline) throws FenceException {
        try {
            return changer.settle(shard, unknown.group(), deadline);
        } catch (FenceException e) {
            if (e.kind() == Kind.ANOTHER_LEADER) {
                throw e;
            }
            unknown.addSuppressed(e);
            throw unknown;
        }
    }

    /** Brings the fence to {@code role} whatever it is. */
    public Fence bring(Group group, ShardName shard, Role role, Deadline deadline) throws FenceException {
        return bring(taken(group, shard, deadline), shard, role, deadline);
    }
}
