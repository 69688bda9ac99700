package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.agent.transaction.PausePoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.shard.Credentials;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One agent: its registration, which is another one after an expulsion, and its catalog. Thread-safe; one per data source. */
final class AgentRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);
    private static final Duration ZOOKEEPER_SESSION = Duration.ofSeconds(10);
    private static final Duration ZOOKEEPER_ANSWERS = ZOOKEEPER_SESSION; // longer: Curator warns

    /** Within this time after they were read, definitions are not read again because of a statement. */
    private static final Duration DEFINITIONS_STAND = Duration.ofSeconds(1);

    private final AgentOptions options;
    private final Timing timing = SystemTiming.INSTANCE;
    private final Credentials credentials;
    private final CuratorCoordination coordination;
    private final AtomicLong lateMirrorRows = new AtomicLong();
    private volatile RegisteredAgent registered;
    private volatile @Nullable CatalogOf catalog;
    private volatile PausePoint.Hook pauses = PausePoint.NONE;
    private volatile boolean closed;

    private record CatalogOf(RouteSnapshot snapshot, Catalog catalog, long readAtNanos) {}

    private AgentRuntime(AgentOptions options, Credentials credentials, CuratorCoordination coordination)
            throws CoordinationException {
        this.options = options;
        this.credentials = credentials;
        this.coordination = coordination;
        this.registered = RegisteredAgent.register(options, credentials, coordination, this::wasExpelled);
    }

    static AgentRuntime start(AgentOptions options, Credentials credentials) throws SQLException {
        CuratorCoordination coordination =
                CuratorCoordination.connect(options.zookeeper(), ZOOKEEPER_SESSION, ZOOKEEPER_ANSWERS);
        try {
            return new AgentRuntime(options, credentials, coordination);
        } catch (CoordinationException | RuntimeException e) {
            coordination.close();
            throw AgentErrors.cannotStart(options.keyspace(), e);
        }
    }

    AgentOptions options() {
        return options;
    }

    Timing timing() {
        return timing;
    }

    RegisteredAgent registered() {
        return registered;
    }

    RouteWatch routes() {
        return registered.routes();
    }

    PausePoint.Hook pauses() {
        return pauses;
    }

    /** For tests: what happens at the named places of each commit. */
    void pauseWith(PausePoint.Hook hook) {
        pauses = hook;
    }

    void countLateMirrorRows(long rows) {
        lateMirrorRows.addAndGet(rows);
    }

    /** Rows acknowledged though the mirror's commit was lost; the stream mends them [28]. */
    long lateMirrorRows() {
        return lateMirrorRows.get();
    }

    /** The catalog under {@code snapshot}: read again when a migration begins or ends, for definitions may change between. */
    Catalog catalog(RouteSnapshot snapshot) throws SQLException {
        CatalogOf known = catalog;
        if (known != null && isFor(known.snapshot(), snapshot)) {
            return known.catalog();
        }
        synchronized (this) {
            known = catalog;
            if (known == null || !isFor(known.snapshot(), snapshot)) {
                ShardName shard = snapshot.table().slotMap().shards().firstKey();
                try (Connection connection = connect(shard, routes())) {
                    long now = timing.nanoTime();
                    known = new CatalogOf(
                            snapshot, Catalog.read(snapshot.table().keyspace(), connection), now);
                }
                catalog = known;
            }
            return known.catalog();
        }
    }

    /**
     * A statement does not fit the definitions: unless they were read a moment ago, they are read again for the next one.
     * A program that is wrong all the time does not have them read for each of its statements.
     */
    void forgetDefinitions() {
        CatalogOf known = catalog;
        if (known != null) {
            forget(known.catalog());
        }
    }

    /** The same, if {@code used} is what is known now; answers whether others are to be had. */
    boolean forget(Catalog used) {
        synchronized (this) {
            CatalogOf known = catalog;
            if (known == null || known.catalog() != used) {
                return true;
            }
            boolean old = timing.nanoTime() - known.readAtNanos() >= DEFINITIONS_STAND.toNanos();
            if (old) {
                catalog = null;
            }
            return old;
        }
    }

    private static boolean isFor(RouteSnapshot known, RouteSnapshot now) {
        return known == now
                || (Objects.equals(known.table().migration(), now.table().migration())
                        && known.table().keyspace().equals(now.table().keyspace()));
    }

    /**
     * A pooled connection to the shard under the registration of {@code watch}. One that was expelled is replaced, and what
     * ran under it begins again: routes pinned under an id that nobody waits for any more are not to be used [29].
     */
    Connection connect(ShardName shard, RouteWatch watch) throws SQLException {
        if (closed) {
            throw AgentErrors.closing(null);
        }
        RegisteredAgent now = registered;
        if (now.routes() != watch) {
            throw AgentErrors.retry("the agent was expelled and has registered anew", null);
        }
        try {
            return now.connect(shard);
        } catch (SQLException e) {
            if (closed) {
                throw AgentErrors.closing(e); // its own row says that it has left
            }
            if (AgentErrors.saysExpelled(e)) {
                registerAnew(now);
                throw AgentErrors.retry("the agent was expelled and has registered anew", e);
            }
            throw e;
        }
    }

    private void wasExpelled(RegisteredAgent expelled) {
        try {
            registerAnew(expelled);
        } catch (SQLException e) {
            LOG.warn("expelled and not registered anew yet; tried again with the next connection", e);
        }
    }

    private void registerAnew(RegisteredAgent expelled) throws SQLException {
        synchronized (this) {
            if (registered != expelled || closed) {
                return;
            }
            LOG.warn(
                    "agent {} was expelled: it registers anew",
                    expelled.routes().id());
            try {
                registered = RegisteredAgent.register(options, credentials, coordination, this::wasExpelled);
            } catch (CoordinationException | IllegalStateException e) {
                throw AgentErrors.cannotStart(options.keyspace(), e);
            }
        }
        expelled.leave();
    }

    /** Ends the agent: connections first, then the mark that it ended cleanly. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        registered.signOff();
        coordination.close();
    }
}
