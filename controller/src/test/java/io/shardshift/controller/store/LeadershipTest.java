package io.shardshift.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Two controllers on a real ZooKeeper. */
class LeadershipTest {
    private static final String NODE = "/shardshift/config/leadership-test";

    private static long termInStore(Coordination coordination) throws CoordinationException {
        return Long.parseLong(
                new String(coordination.read(ZnodePaths.term()).orElseThrow().data(), StandardCharsets.US_ASCII));
    }

    @Test
    void oneLeadsAndEachTermIsLargerThanThoseBefore() throws Exception { // [25]
        long first;
        try (TestLeader leader = TestLeader.take("one");
                Coordination other = TestLeader.connect()) {
            first = leader.term();
            assertThat(new Leadership(other).take("two", "http://two")).isEmpty();
            assertThat(new Leadership(other).current().orElseThrow())
                    .isEqualTo(new Leadership.Leader("one", "http://one", first));
            assertThat(termInStore(other)).isEqualTo(first);
        }
        try (Coordination other = TestLeader.connect()) {
            Optional<Term> second = new Leadership(other).take("two", "http://two"); // the node went with its session
            assertThat(second.orElseThrow().number()).isEqualTo(first + 1);
            assertThat(termInStore(other)).isEqualTo(first + 1);
        }
    }

    /** Calls {@code once} before the first transaction. */
    private static Coordination interrupted(Coordination coordination, Callable<?> once) {
        AtomicBoolean called = new AtomicBoolean();
        return (Coordination) Proxy.newProxyInstance(
                LeadershipTest.class.getClassLoader(),
                new Class<?>[] {Coordination.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("transact") && !called.getAndSet(true)) {
                        once.call();
                    }
                    try {
                        return method.invoke(coordination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The node alone does not tell: whoever led meanwhile has gone again, and had the number that this one counted to. */
    @Test
    void whoWasOvertakenBeforeItsTransactionDoesNotLead() throws Exception { // [25]
        try (TestLeader other = TestLeader.take("other");
                Coordination slow = TestLeader.connect()) {
            other.leadership.giveBack("other");
            AtomicLong between = new AtomicLong();
            Coordination overtaken = interrupted(slow, () -> {
                between.set(other.leadership
                        .take("quick", "http://quick")
                        .orElseThrow()
                        .number());
                other.leadership.giveBack("quick");
                return between;
            });
            assertThat(new Leadership(overtaken).take("slow", "http://slow")).isEmpty();
            assertThat(termInStore(slow)).isEqualTo(between.get());
            assertThat(other.leadership.current()).isEmpty(); // nor does its node keep the next from leading
            assertThat(other.leadership
                            .take("next", "http://next")
                            .orElseThrow()
                            .number())
                    .isGreaterThan(between.get());
            other.leadership.giveBack("next");
        }
    }

    @Test
    void aLeaderThatWasReplacedWritesNothing() throws Exception { // [21][25]
        try (TestLeader old = TestLeader.take("old")) {
            old.store.put(NODE, "old");
            try (TestLeader young = TestLeader.take("young")) {
                assertThat(young.term()).isGreaterThan(old.term());
                assertThatThrownBy(() -> old.store.put(NODE, "late")).isInstanceOf(LeadershipLost.class);
                assertThatThrownBy(() -> old.store.compareAndSet(NODE, "late", 0))
                        .isInstanceOf(LeadershipLost.class);
                assertThatThrownBy(() -> old.store.delete(NODE)).isInstanceOf(LeadershipLost.class);
                assertThatThrownBy(() -> old.store.write(List.of(new Operation.Create(NODE + "-2", new byte[0]))))
                        .isInstanceOf(LeadershipLost.class);
                assertThat(young.store.exists(NODE + "-2")).isFalse();
                assertThat(young.store.read(NODE, String.class).orElseThrow().value())
                        .isEqualTo("old");
                young.store.put(NODE, "young");
                assertThat(young.store.read(NODE, String.class).orElseThrow().value())
                        .isEqualTo("young");
                young.store.delete(NODE);
            }
        }
    }

    @Test
    void aLateCompareAndSetOfTheLeaderItselfIsAConflict() throws Exception {
        try (TestLeader leader = TestLeader.take("one")) {
            leader.store.put(NODE, 1);
            leader.store.put(NODE, 2);
            assertThatThrownBy(() -> leader.store.compareAndSet(NODE, 3, 0))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
            leader.store.delete(NODE);
        }
    }

    @Test
    void theTermIsRaisedAboveTheLargestFenceAndIsThenTheTermThatIsChecked() throws Exception { // [25]
        try (TestLeader leader = TestLeader.take("one")) {
            long first = leader.term();
            leader.store.raiseTermAbove(first - 1);
            assertThat(leader.term()).isEqualTo(first);
            leader.store.raiseTermAbove(first + 1_000);
            assertThat(leader.term()).isEqualTo(first + 1_001);
            assertThat(termInStore(leader.coordination)).isEqualTo(first + 1_001);
            leader.store.put(NODE, "raised");
            try (TestLeader young = TestLeader.take("young")) {
                assertThat(young.term()).isEqualTo(first + 1_002);
                assertThatThrownBy(() -> leader.store.raiseTermAbove(first + 5_000))
                        .isInstanceOf(CoordinationException.class);
                assertThat(termInStore(young.coordination)).isEqualTo(first + 1_002);
                young.store.delete(NODE);
            }
        }
    }
}
