package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.FenceChanger;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.fence.JdbcFenceChanger;
import io.shardshift.controller.fence.KeptConnections;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.util.concurrent.ExecutorService;

/** Opens what one migration needs: sessions, fences, streams, work on its shards. Thread-safe. */
final class MigrationWiring {
    /** What the controller's connections carry as {@code program_name}. */
    static final String PROGRAM = "shardshift-controller";

    private final Credentials credentials;
    private final Controller.StreamsFactory streamsFactory;
    private final ExecutorService workers;
    private final Timing timing;
    private final ControllerFigures figures;

    MigrationWiring(
            Credentials credentials,
            Controller.StreamsFactory streamsFactory,
            ExecutorService workers,
            Timing timing,
            ControllerFigures figures) {
        this.figures = figures;
        this.credentials = credentials;
        this.streamsFactory = streamsFactory;
        this.workers = workers;
        this.timing = timing;
    }

    /** The context of a migration; {@link MigrationContext#close} ends what was opened. */
    MigrationContext open(MigrationRecord migration, KeyspaceRecord keyspace, LeaderStore store) {
        JdbcShardSessions sessions = sessions(keyspace);
        RoutePublisher routes = new RoutePublisher(store, migration.plan().keyspace());
        return new MigrationContext(
                migration,
                store,
                timedFences(
                        keyspace.keyspace().name(),
                        new JdbcFenceChanger(
                                new KeptConnections(shard -> endpoint(keyspace, shard), credentials, PROGRAM, timing),
                                () -> store.term().number()),
                        store,
                        migration.plan().name()),
                routes,
                new AgentExpulsion(sessions, () -> keyspace.shards().keySet(), routes::hasContact, timing),
                streamsFactory.open(migration, keyspace.keyspace(), sessions, store),
                new JdbcShardWork(
                        migration,
                        keyspace.keyspace(),
                        sessions,
                        store,
                        new StoredRemembered(store, migration.plan().name()),
                        workers,
                        timing,
                        PacingSignals.throttle(migration, keyspace, sessions, credentials, timing)),
                new FenceHolders(sessions, timing),
                sessions,
                timing);
    }

    private GroupFences timedFences(
            KeyspaceName keyspace, FenceChanger changer, LeaderStore store, MigrationName migration) {
        FenceChanger timed = TimedFences.of(
                changer, timing, (shard, nanos) -> figures.fenceChanged(keyspace, migration, shard, nanos));
        return new GroupFences(timed, store, migration);
    }

    JdbcShardSessions sessions(KeyspaceRecord keyspace) {
        return new JdbcShardSessions(shard -> endpoint(keyspace, shard), credentials, timing, PROGRAM);
    }

    static ShardEndpoint endpoint(KeyspaceRecord keyspace, ShardName shard) {
        ShardEndpoint endpoint = keyspace.shards().get(shard);
        if (endpoint == null) {
            throw new IllegalArgumentException(
                    "no shard " + shard + " in keyspace " + keyspace.keyspace().name());
        }
        return endpoint;
    }
}
