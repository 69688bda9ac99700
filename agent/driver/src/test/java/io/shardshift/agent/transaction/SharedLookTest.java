package io.shardshift.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.ShardException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Those that wait for one group look together. */
class SharedLookTest {
    private static final int WAITERS = 20;
    private static final ShardName OLD = new ShardName("old");
    private static final ShardName NEW = new ShardName("new");

    @Test
    void oneLookServesAllThatWaitForARoute() throws Exception {
        Group group = new Group(new GroupId(new MigrationId("m-12345678"), 1), SlotRanges.of(0, 3), OLD, NEW);
        Route route = new Route(group, OLD, NEW, true, OLD, null);
        AtomicInteger opened = new AtomicInteger();
        CountDownLatch mayAnswer = new CountDownLatch(1);
        FenceWait wait = new FenceWait((shard, purpose, deadline) -> {
            opened.incrementAndGet();
            awaitQuietly(mayAnswer);
            throw new ShardException(shard, ShardException.Kind.CONNECTION_LOST, "out of reach", null, null);
        });
        ExecutorService threads = Executors.newFixedThreadPool(WAITERS);
        Pauses timing = new Pauses();
        List<Future<Optional<Route>>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < WAITERS; i++) {
                answers.add(threads.submit(() -> wait.look(route, timing.deadlineIn(Duration.ofSeconds(60)))));
            }
            Awaitility.await("all wait").until(() -> timing.paused.size() == WAITERS && opened.get() > 0);

            mayAnswer.countDown();

            for (Future<Optional<Route>> answer : answers) {
                assertThat(answer.get()).isEmpty();
            }
            assertThat(opened).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Knows which threads have paused: the one that looks, before it does, and those that wait for its answer. */
    private static final class Pauses implements Timing {
        private final Set<Thread> paused = ConcurrentHashMap.newKeySet();

        @Override
        public Instant now() {
            return SystemTiming.INSTANCE.now();
        }

        @Override
        public long nanoTime() {
            return SystemTiming.INSTANCE.nanoTime();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            paused.add(Thread.currentThread());
            SystemTiming.INSTANCE.pause(duration);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
