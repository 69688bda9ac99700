package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sharding key of one connection, if it is bound to one, and the shard that the key means now. */
final class Binding {
    private final ApplicationSession session;
    private @Nullable SubKeys key;

    Binding(ApplicationSession session) {
        this.session = session;
    }

    @Nullable
    SubKeys key() {
        return key;
    }

    /**
     * Binds the connection to a key, or with null to none. A transaction under way stays where it is: one that began on
     * another shard than the key's refuses. Throws, with the old key kept, for what is no shard key of the keyspace.
     */
    void bind(@Nullable SubKeys wanted) throws SQLException {
        session.requireOpen();
        if (wanted != null) {
            Current now = session.current();
            ShardName owner = owner(wanted, snapshot(), now);
            if (owner == null) {
                throw AgentErrors.shardingKey("the sharding key is no shard key of keyspace "
                        + session.agent().options().keyspace()
                        + ": it has a value for each column of the shard key, of the column's type");
            }
            if (now != null && !owner.equals(now.shard())) {
                throw AgentErrors.boundElsewhere();
            }
        }
        key = wanted;
    }

    /** Whether {@link #bind} would take the key. */
    boolean fits(SubKeys wanted) throws SQLException {
        session.requireOpen();
        Current now = session.current();
        ShardName owner = owner(wanted, snapshot(), now);
        return owner != null && (now == null || owner.equals(now.shard()));
    }

    /** Where a statement goes that any shard can answer: to the key's owner, without a key to some shard. */
    ShardName home(RouteSnapshot snapshot) throws SQLException {
        ShardName owner = key == null ? null : owner(key, snapshot, null);
        return owner != null ? owner : snapshot.table().slotMap().shards().firstKey();
    }

    private RouteSnapshot snapshot() {
        Current now = session.current();
        return now != null ? now.snapshot() : session.agent().routes().current();
    }

    private @Nullable ShardName owner(SubKeys wanted, RouteSnapshot snapshot, @Nullable Current now)
            throws SQLException {
        Optional<Integer> slot = wanted.slot(
                session.agent().catalog(snapshot).tables(),
                snapshot.table().keyspace().shardKeyForm());
        if (slot.isEmpty()) {
            return null;
        }
        Route route = now == null ? null : now.route(slot.get());
        return route != null ? route.owner() : snapshot.index().owner(slot.get());
    }
}
