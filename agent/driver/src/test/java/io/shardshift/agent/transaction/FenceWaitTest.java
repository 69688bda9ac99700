package io.shardshift.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One look at the fences of a group, on real shards. */
@SuppressWarnings("NullAway.Init")
class FenceWaitTest {
    private static final ShardName A = new ShardName("a");
    private static final ShardName B = new ShardName("b");
    private static final Group GROUP = new Group(new GroupId(new MigrationId("m-1"), 0), SlotRanges.of(0, 7), A, B);
    private static final Route AT_A = new Route(GROUP, A, B, true, A, null);

    /** A clock that stands still; remembers every pause. */
    private static final class Pauses implements Timing {
        private final List<Duration> asked = new ArrayList<>();

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void pause(Duration duration) {
            asked.add(duration);
        }
    }

    private final TestSchema atA = TestCluster.schema(0, "wait_a");
    private final TestSchema atB = TestCluster.schema(1, "wait_b");
    private final Pauses pauses = new Pauses();
    private final Deadline deadline = pauses.deadlineIn(Duration.ofSeconds(30));
    private JdbcShardSessions sessions;
    private FenceWait wait;

    @BeforeEach
    void open() throws SQLException {
        for (TestSchema schema : List.of(atA, atB)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
        }
        sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, schema(shard).jdbcUrl(), shard.value(), 0),
                new Credentials(Map.of(
                        "SHARDSHIFT_A_USER", atA.server().user(),
                        "SHARDSHIFT_A_PASSWORD", atA.server().password(),
                        "SHARDSHIFT_B_USER", atB.server().user(),
                        "SHARDSHIFT_B_PASSWORD", atB.server().password())),
                SystemTiming.INSTANCE,
                "shardshift-test");
        wait = new FenceWait(sessions);
    }

    @AfterEach
    void close() throws SQLException {
        sessions.close();
        atA.close();
        atB.close();
    }

    private TestSchema schema(ShardName shard) {
        return shard.equals(A) ? atA : atB;
    }

    private void fence(ShardName shard, Role role) throws SQLException {
        schema(shard)
                .execute("REPLACE INTO _shardshift_fence VALUES ('m-1', 0, '" + role + "', '"
                        + (shard.equals(A) ? B : A) + "', @@server_uuid, 1, 1)");
    }

    private Optional<Route> look() throws InterruptedException {
        return wait.look(AT_A, deadline);
    }

    @Test
    void eachLookComesAfterAPauseAndNoTwoWaitersStayInStep() throws Exception { // [22]
        fence(A, Role.CLOSED);
        for (int i = 0; i < 60; i++) {
            assertThat(look()).isEmpty();
        }
        assertThat(pauses.asked).hasSize(60).allMatch(pause -> pause.toMillis() >= 1 && pause.toMillis() <= 5);
        assertThat(new HashSet<>(pauses.asked)).hasSizeGreaterThan(2);
    }

    @Test
    void aLookIsAnsweredWhileAControllerHoldsTheFence() throws Exception { // [22]
        fence(A, Role.OWNER_MIRRORING);
        try (Connection controller = atA.connect();
                Statement statement = controller.createStatement()) {
            controller.setAutoCommit(false);
            statement.execute("SELECT role FROM _shardshift_fence FOR UPDATE");
            assertThat(look()).contains(AT_A); // by a lock it would have to give up
            controller.rollback();
        }
    }

    @Test
    void theWayLeadsToThePeerThatOwnsAndNowhereElse() throws Exception { // [23]
        for (Role atOwner : List.of(Role.CLOSED, Role.MIRROR, Role.VACANT)) {
            fence(A, atOwner);
            for (Role atPeer : Role.values()) {
                fence(B, atPeer);
                Optional<Route> expected =
                        atPeer == Role.OWNER ? Optional.of(new Route(GROUP, B, A, false, A, null)) : Optional.empty();
                assertThat(look()).describedAs("%s, %s", atOwner, atPeer).isEqualTo(expected);
            }
        }
        fence(B, Role.OWNER); // of this server, and not held
        atB.execute("UPDATE _shardshift_fence SET server_uuid = 'another'");
        assertThat(look()).isEmpty();
        fence(B, Role.OWNER);
        atB.execute("INSERT INTO _shardshift_hold VALUES ('m-1', 0, NOW(6) + INTERVAL 1 HOUR)");
        assertThat(look()).isEmpty();
    }
}
