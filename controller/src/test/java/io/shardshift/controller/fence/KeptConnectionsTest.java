package io.shardshift.controller.fence;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static io.shardshift.controller.fence.FencedPair.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.fence.FenceException.Kind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection serves a hand-off, and none that is doubtful. */
@SuppressWarnings("NullAway.Init")
class KeptConnectionsTest {
    private FencedPair pair;

    @BeforeEach
    void open() throws SQLException, IOException {
        pair = new FencedPair();
        pair.fences(Role.OWNER, Role.MIRROR);
    }

    @AfterEach
    void close() throws SQLException, IOException {
        pair.close();
    }

    private static long id(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT CONNECTION_ID()")) {
            result.next();
            return result.getLong(1);
        }
    }

    private boolean isThere(long id) throws SQLException {
        return !pair.source
                .rows("SELECT 1 FROM performance_schema.threads WHERE PROCESSLIST_ID = " + id)
                .isEmpty();
    }

    @Test
    void theChangesOfAHandOffOpenOneConnection() throws Exception {
        HandTiming timing = new HandTiming();
        try (JdbcFenceChanger changer = pair.changerByProxy(() -> 1, timing)) {
            changer.hold(SOURCE, GROUP.id(), 1_000, soon());
            Fence taken = changer.settle(SOURCE, GROUP.id(), soon());
            Fence closed = changer.change(SOURCE, taken, Role.CLOSED, soon());
            changer.change(SOURCE, closed, Role.MIRROR, soon());
            changer.hold(SOURCE, GROUP.id(), 0, soon());
            assertThat(changer.read(SOURCE, GROUP.id(), soon()).orElseThrow().role())
                    .isEqualTo(Role.MIRROR);
            assertThat(pair.proxy.accepted()).isEqualTo(1);
            timing.advance(Duration.ofSeconds(1));
            changer.settle(SOURCE, GROUP.id(), soon());
            assertThat(pair.proxy.accepted()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionIsReplacedBeforeTheServerDropsIt() throws Exception { // [22]
        HandTiming timing = new HandTiming();
        try (KeptConnections connections = pair.connections(timing)) {
            Connection first = connections.open(SOURCE, soon());
            long id = id(first);
            try (Statement statement = first.createStatement();
                    ResultSet result = statement.executeQuery("SELECT @@wait_timeout")) {
                result.next();
                assertThat(result.getInt(1)).isEqualTo(2);
            }
            connections.giveBack(SOURCE, first);
            timing.advance(Duration.ofMillis(999));
            Connection again = connections.open(SOURCE, soon());
            assertThat(id(again)).isEqualTo(id);
            connections.giveBack(SOURCE, again);
            timing.advance(Duration.ofSeconds(1));
            try (Connection other = connections.open(SOURCE, soon())) {
                assertThat(id(other)).isNotEqualTo(id);
            }
            assertThat(again.isClosed()).isTrue();
        }
    }

    @Test
    void aConnectionIsUsedByOneAndOneIsKept() throws Exception {
        Connection first;
        Connection second;
        try (KeptConnections connections = pair.connections(SystemTiming.INSTANCE)) {
            first = connections.open(SOURCE, soon());
            second = connections.open(SOURCE, soon());
            assertThat(id(first)).isNotEqualTo(id(second));
            try (Connection target = connections.open(TARGET, soon())) {
                assertThat(target.getMetaData().getURL()).isEqualTo(pair.target.jdbcUrl());
            }
            connections.giveBack(SOURCE, first);
            connections.giveBack(SOURCE, second);
            assertThat(first.isClosed()).isTrue();
            first = connections.open(SOURCE, soon()); // in use while it is closed
            assertThat(id(first)).isEqualTo(id(second));
            connections.close();
            connections.giveBack(SOURCE, first);
        }
        assertThat(first.isClosed()).isTrue();
    }

    @Test
    void aConnectionThatFailedIsNeverUsedAgain() throws Exception { // [1]
        try (JdbcFenceChanger changer = pair.changerByProxy(() -> 1, new HandTiming())) {
            Fence taken = changer.settle(SOURCE, GROUP.id(), soon());
            long id = Long.parseLong(pair.source
                    .rows("SELECT PROCESSLIST_ID FROM performance_schema.threads WHERE PROCESSLIST_DB = '"
                            + pair.source.name() + "' AND PROCESSLIST_ID <> CONNECTION_ID()")
                    .get(0)
                    .get(0));
            pair.source.execute("KILL " + id);
            await().until(() -> !isThere(id));
            assertThatThrownBy(() -> changer.change(SOURCE, taken, Role.CLOSED, soon()))
                    .isInstanceOfSatisfying(
                            FenceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
            assertThat(changer.settle(SOURCE, GROUP.id(), soon()).role()).isEqualTo(Role.OWNER);
            assertThat(pair.proxy.accepted()).isEqualTo(2);
        }
    }

    @Test
    void aShardThatDoesNotAnswerIsUnreachable() throws Exception {
        try (KeptConnections nowhere = new KeptConnections(
                        shard -> new ShardEndpoint(shard, "jdbc:mysql://127.0.0.1:1/none", shard.value(), 0),
                        pair.credentials,
                        "shardshift-test",
                        SystemTiming.INSTANCE);
                JdbcFenceChanger changer = new JdbcFenceChanger(nowhere, () -> 1)) {
            assertThatThrownBy(() -> changer.settle(TARGET, GROUP.id(), soon()))
                    .isInstanceOfSatisfying(
                            FenceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
        }
    }
}
