package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.HandTiming;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.TestLeader;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing and waiting, on a real ZooKeeper. */
@SuppressWarnings("NullAway.Init")
class RoutePublisherTest {
    private static final ShardName A = new ShardName("a");
    private static final ShardName B = new ShardName("b");
    private static final MigrationId ID = new MigrationId("m-1");
    private static final Group LOW = new Group(new GroupId(ID, 0), SlotRanges.of(0, 7), A, B);
    private static final Group HIGH = new Group(new GroupId(ID, 1), SlotRanges.of(8, 15), A, B);
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final KeyspaceName keyspace = new KeyspaceName("published" + KEYSPACES.incrementAndGet());
    private TestLeader leader;
    private RoutePublisher publisher;

    @BeforeEach
    void register() throws Exception {
        leader = TestLeader.take("one");
        leader.coordination.ensure(ZnodePaths.routes(keyspace));
        leader.coordination.ensure(ZnodePaths.agents(keyspace));
        leader.coordination.transact(
                new Operation.Set(ZnodePaths.routes(keyspace), Json.write(table()), Operation.ANY));
        publisher = new RoutePublisher(leader.store, keyspace);
    }

    @AfterEach
    void close() {
        leader.close();
    }

    private RouteTable table() {
        SlotMap slots = new SlotMap(16, new TreeMap<>(Map.of(A, SlotRanges.of(0, 15))));
        Keyspace definition = new Keyspace(
                keyspace,
                new ShardFunction.Modulo(16),
                new TreeMap<>(Map.of("t", new TableSpec("t", List.of("k")))),
                false,
                new TreeMap<>(Map.of(A, new ShardSpec("jdbc:mysql://127.0.0.1:1/a", "a"))),
                slots,
                null,
                List.of(),
                ShardKeyForm.AS_IS);
        ShardEndpoint endpoint = new ShardEndpoint(A, "jdbc:mysql://127.0.0.1:1/a", "a", 0);
        return new RouteTable(
                new RoutesEpoch(7), definition, new TreeMap<>(Map.of(A, endpoint)), slots, List.of(), null, true);
    }

    private static Route at(Group group, ShardName owner, boolean mirrored) {
        return new Route(group, owner, owner.equals(A) ? B : A, mirrored, owner, null);
    }

    private void agent(String id, @Nullable RoutesEpoch acknowledged, AgentRecord.Holding... holding)
            throws CoordinationException {
        AgentId name = new AgentId(id);
        leader.coordination.ensure(ZnodePaths.agent(keyspace, name));
        AgentRecord record =
                new AgentRecord(name, "web-3", 41, "1", Instant.EPOCH, acknowledged, List.of(holding), List.of());
        leader.coordination.transact(
                new Operation.Set(ZnodePaths.agent(keyspace, name), Json.write(record), Operation.ANY));
    }

    private static Deadline soon() {
        return SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(20));
    }

    @Test
    void eachPublicationIsTheNextEpochAndKeepsTheOtherRoutes() throws Exception { // [13]
        publisher.publishRoutes(ID, true, List.of(at(LOW, A, false), at(HIGH, A, false)));
        RouteTable mirrored = publisher.publishRoutes(ID, true, List.of(at(LOW, A, true)));
        assertThat(mirrored.epoch()).isEqualTo(new RoutesEpoch(9));
        assertThat(mirrored.routes()).containsExactly(at(LOW, A, true), at(HIGH, A, false));
        assertThat(mirrored.migration()).isEqualTo(ID);
        RouteTable again = publisher.publishRoutes(ID, true, List.of(at(LOW, A, true)));
        assertThat(again.epoch()).isEqualTo(new RoutesEpoch(9)); // nothing changed: no agent is asked for anything
        publisher.addShards(new TreeMap<>(Map.of(B, new ShardEndpoint(B, "jdbc:mysql://127.0.0.1:1/b", "b", 0))));
        assertThat(publisher.current().shards()).containsOnlyKeys(A, B);
        assertThat(publisher.current().routes()).hasSize(2);
    }

    @Test
    void aLeaderThatWasReplacedPublishesNothing() throws Exception { // [13]
        try (TestLeader young = TestLeader.take("two")) {
            assertThatThrownBy(() -> publisher.publishRoutes(ID, true, List.of(at(LOW, B, false))))
                    .isInstanceOf(LeadershipLost.class);
            assertThat(new RoutePublisher(young.store, keyspace).current()).isEqualTo(table());
        }
    }

    @Test
    void aTableThatWasReplacedMeanwhileIsNotOverwritten() throws Exception { // [13]
        RoutePublisher other = new RoutePublisher(leader.store, keyspace);
        assertThatThrownBy(() -> publisher.publish(
                        table -> {
                            try {
                                other.publishRoutes(ID, true, List.of(at(LOW, A, true)));
                            } catch (CoordinationException | LeadershipLost e) {
                                throw new AssertionError(e);
                            }
                            return table();
                        },
                        List.of(new Operation.Check(ZnodePaths.agents(keyspace), Operation.ANY))))
                .isInstanceOfSatisfying(
                        CoordinationException.class,
                        e -> assertThat(e.kind()).isEqualTo(CoordinationException.Kind.CONFLICT));
        assertThat(publisher.current().routes()).containsExactly(at(LOW, A, true));
    }

    @Test
    void theEndIsOneTransactionWithItsRecord() throws Exception { // [38]
        publisher.publishRoutes(ID, true, List.of(at(LOW, B, false)));
        SlotMap slots = new SlotMap(16, new TreeMap<>(Map.of(B, SlotRanges.of(0, 15))));
        publisher.addShards(new TreeMap<>(Map.of(B, new ShardEndpoint(B, "jdbc:mysql://127.0.0.1:1/b", "b", 0))));
        RouteTable before = publisher.current();
        String record = ZnodePaths.agents(keyspace) + "/record";
        assertThatThrownBy(() -> publisher.publishEnd(slots, List.of(new Operation.Check(record, Operation.ANY))))
                .isInstanceOf(CoordinationException.class);
        assertThat(publisher.current()).isEqualTo(before);
        publisher.publishEnd(slots, List.of(new Operation.Create(record, new byte[0])));
        assertThat(leader.store.exists(record)).isTrue();
        assertThat(publisher.current().routes()).isEmpty();
        assertThat(publisher.current().migration()).isNull();
        assertThat(publisher.current().slotMap()).isEqualTo(slots);
    }

    @Test
    void itWaitsForEveryAgentAlsoForOneThatComesLater() throws Exception { // [11][29]
        RoutesEpoch epoch =
                publisher.publishRoutes(ID, true, List.of(at(LOW, A, true))).epoch();
        agent("early", epoch.next());
        agent("late", null); // registered, but it has not acknowledged anything
        CompletableFuture<Void> seenBehind = new CompletableFuture<>();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
            try {
                publisher.awaitAcknowledged(
                        epoch,
                        behind -> {
                            assertThat(behind.id()).isEqualTo(new AgentId("late"));
                            seenBehind.complete(null);
                            return false;
                        },
                        soon());
            } catch (CoordinationException | LeadershipLost | ProblemException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        seenBehind.get(20, TimeUnit.SECONDS);
        assertThat(waiting).isNotDone();
        agent("late", epoch);
        waiting.get(20, TimeUnit.SECONDS);
    }

    @Test
    void anAgentThatWasExpelledCountsAsAcknowledgedAndIsForgotten() throws Exception { // [29]
        RoutesEpoch epoch =
                publisher.publishRoutes(ID, true, List.of(at(LOW, A, true))).epoch();
        agent("gone", new RoutesEpoch(1));
        agent("back", new RoutesEpoch(1));
        String contact = ZnodePaths.agentContact(keyspace, new AgentId("back"));
        leader.coordination.transact(new Operation.Create(contact, new byte[0], true));
        publisher.awaitAcknowledged(epoch, behind -> true, soon());
        assertThat(publisher.agents()).extracting(AgentRecord::id).containsExactly(new AgentId("back"));
        leader.coordination.transact(new Operation.Delete(contact, Operation.ANY)); // it has found the mark, and leaves
        publisher.awaitAcknowledged(epoch, behind -> true, soon());
        assertThat(publisher.agents()).isEmpty();
        publisher.awaitAcknowledged(epoch, behind -> false, soon()); // the next leader waits for nobody
    }

    @Test
    void whoHoldsItUpIsNamedWhenTheDeadlinePasses() throws Exception {
        RoutesEpoch epoch =
                publisher.publishRoutes(ID, true, List.of(at(LOW, A, true))).epoch();
        agent(
                "busy",
                new RoutesEpoch(1),
                new AgentRecord.Holding("worker-2", "UPDATE orders SET state = ?", Instant.EPOCH));
        HandTiming timing = new HandTiming();
        assertThatThrownBy(() ->
                        publisher.awaitAcknowledged(epoch, behind -> false, timing.deadlineIn(Duration.ofMillis(50))))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ErrorCode.AGENTS_NOT_ACKNOWLEDGED);
                    assertThat(e.problem().what()).contains("busy", "web-3", "41");
                    assertThat(e.problem().why()).contains("worker-2", "UPDATE orders SET state = ?");
                });
    }
}
