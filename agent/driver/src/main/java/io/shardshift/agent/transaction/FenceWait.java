package io.shardshift.agent.transaction;

import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.FenceCheck;
import io.shardshift.shard.FenceView;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Waits, before a transaction begins, until a group can be written: by plain reads with jitter, for pollers that lock keep
 * the fence from ever being changed [22]. All that wait for one route share each look: a pool of waiters that looked each by
 * itself would keep a small server busy just when the hand-off needs it. Thread-safe.
 */
public final class FenceWait {
    /** A held writer finds its way within this: the pause of a hand-off is this much longer at most. */
    private static final int POLL_MILLIS = 5;

    private static final Duration SHARED_PAUSE = Duration.ofMillis(1);

    private final ShardSessions sessions;
    private final ConcurrentMap<Route, Look> looks = new ConcurrentHashMap<>();

    public FenceWait(ShardSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * One look after a short pause, its own or one that is under way: the route by which to try now. Found CLOSED, MIRROR or
     * VACANT at the owner, the peer is looked at; if that is OWNER the way leads there, without ZooKeeper [23]. Empty: not
     * now. Whoever goes on by it reads the fence under its lock, so that an answer may be old.
     */
    public Optional<Route> look(Route route, Deadline deadline) throws InterruptedException {
        Look mine = new Look();
        Look underWay = looks.putIfAbsent(route, mine);
        if (underWay != null) {
            return underWay.answer(deadline);
        }
        Optional<Route> found = Optional.empty();
        try {
            found = lookAlone(route, deadline);
            return found;
        } finally {
            looks.remove(route);
            mine.answer = found;
        }
    }

    /** One look, and those that wait for its answer: by pauses of the port, which a simulation runs too. */
    private static final class Look {
        /** Null while it is under way. */
        private volatile @Nullable Optional<Route> answer;

        Optional<Route> answer(Deadline deadline) throws InterruptedException {
            while (true) {
                Optional<Route> found = answer;
                if (found != null || deadline.hasPassed()) {
                    return found != null ? found : Optional.empty();
                }
                deadline.pause(SHARED_PAUSE);
            }
        }
    }

    private Optional<Route> lookAlone(Route route, Deadline deadline) throws InterruptedException {
        deadline.pause(Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(POLL_MILLIS)));
        try {
            Optional<FenceView> atOwner = plain(route.owner(), route, deadline);
            if (atOwner.isEmpty() || !atOwner.get().serverUuidFits()) {
                return Optional.empty();
            }
            FenceView view = atOwner.get();
            if (FenceCheck.fits(view, route.ownerRole(), route.mirror())) {
                return view.isHeld() ? Optional.empty() : Optional.of(route);
            }
            if (view.fence().role().owns()) {
                return Optional.empty(); // the routes are on their way
            }
            ShardName peer = view.fence().peer();
            Optional<FenceView> atPeer = plain(peer, route, deadline);
            boolean goesOn = atPeer.isPresent()
                    && FenceCheck.fits(atPeer.get(), Role.OWNER, route.owner())
                    && !atPeer.get().isHeld();
            return goesOn
                    ? Optional.of(new Route(
                            route.group(), peer, route.owner(), false, route.reads(), route.pointReadsFirst()))
                    : Optional.empty();
        } catch (ShardException e) {
            return Optional.empty(); // out of reach now: the deadline ends the wait
        }
    }

    private Optional<FenceView> plain(ShardName shard, Route route, Deadline deadline) throws ShardException {
        try (ShardSession session = sessions.open(shard, Purpose.PLAIN, deadline)) {
            return session.readFence(route.group().id(), RowLock.NONE);
        }
    }
}
