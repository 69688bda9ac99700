package io.shardshift.agent.transaction;

import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Registration;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when the owner has committed and the mirror's commit was lost [28]: the old session is killed, which may
 * live on at its server with the rows locked, and the primitive runs for the keys in new sessions until the deadline. What
 * fails here is no error of the application's: the owner has the rows, and the change stream mends the mirror.
 */
final class LostMirrorCommit {
    private static final Logger LOG = LoggerFactory.getLogger(LostMirrorCommit.class);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final ShardSessions sessions;
    private final ShardName owner;
    private final Route route;
    private final long connection;

    /** @param connection the lost session's id at its server, not positive where it has none */
    LostMirrorCommit(ShardSessions sessions, ShardName owner, Route route, long connection) {
        this.sessions = sessions;
        this.owner = owner;
        this.route = route;
        this.connection = connection;
    }

    void mirrorAgain(ShardedTable table, Set<PrimaryKey> keys, Deadline deadline) {
        MirroredGroup group =
                new MirroredGroup(route.group().id(), route.group().slots(), owner);
        while (!deadline.hasPassed()) {
            try (ShardSession source = sessions.open(owner, Purpose.OWNER, deadline);
                    ShardSession mirror = sessions.open(route.mirror(), Purpose.MIRROR, deadline)) {
                kill(mirror);
                Mirror.keys(source, mirror, group, table, keys);
                return;
            } catch (ShardException e) {
                LOG.debug("{} rows of {} are not mirrored yet", keys.size(), table, e);
                try {
                    deadline.pause(PAUSE);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            } catch (FenceMismatch | RowsCollide e) {
                LOG.warn("{} rows of {} are left to the change stream", keys.size(), table, e);
                return;
            }
        }
    }

    private void kill(ShardSession mirror) throws ShardException {
        if (connection > 0) {
            mirror.execute(session -> {
                if (session instanceof JdbcShardSession jdbc) {
                    Registration.kill(jdbc.connection(), connection);
                }
                return connection;
            });
        }
    }
}
