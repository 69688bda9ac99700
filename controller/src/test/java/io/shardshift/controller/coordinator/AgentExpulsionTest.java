package io.shardshift.controller.coordinator;

import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.fence.FencedPair;
import io.shardshift.controller.fence.HandTiming;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.Registration;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent without contact, on real shards: the mark first, its connections then [29]. */
@SuppressWarnings("NullAway.Init")
class AgentExpulsionTest {
    private static final AgentId ID = new AgentId("a-1");
    private static final AgentRecord AGENT =
            new AgentRecord(ID, "web-3", 41, "1", Instant.EPOCH, null, List.of(), List.of());
    private static final String STATES = "SELECT state FROM _shardshift_agent";

    private final HandTiming timing = new HandTiming();
    private FencedPair pair;
    private JdbcShardSessions sessions;
    private boolean contact;

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        sessions = sessions(pair::endpoint);
        for (ShardName shard : List.of(SOURCE, TARGET)) {
            try (Connection connection = agent(shard)) {
                Registration.register(connection, ID, "web-3", 41);
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        sessions.close();
        pair.close();
    }

    private JdbcShardSessions sessions(java.util.function.Function<ShardName, ShardEndpoint> endpoints) {
        return new JdbcShardSessions(endpoints, pair.credentials, SystemTiming.INSTANCE, "shardshift-test");
    }

    private AgentExpulsion expulsion(JdbcShardSessions through) {
        return new AgentExpulsion(through, () -> Set.of(SOURCE, TARGET), agent -> contact, timing);
    }

    /** A connection that carries the agent's id, as a driver's does. */
    private Connection agent(ShardName shard) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", pair.schema(shard).server().user());
        properties.setProperty("password", pair.schema(shard).server().password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("connectionAttributes", "program_name:shardshift-agent-a-1");
        return DriverManager.getConnection(pair.schema(shard).jdbcUrl(), properties);
    }

    private static void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    @Test
    void anAgentIsExpelledAfterThirtySecondsWithoutContactAndOnlyThen() throws Exception { // [29]
        AgentExpulsion expulsion = expulsion(sessions);
        contact = true;
        assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        timing.advance(Duration.ofHours(1));
        contact = false;
        assertThat(expulsion.expelIfGone(AGENT)).isFalse(); // from now
        timing.advance(Duration.ofMillis(29_999));
        assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        contact = true; // it was only slow
        assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        contact = false;
        timing.advance(Duration.ofSeconds(10));
        assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        assertThat(pair.source.rows(STATES)).containsExactly(List.of("REGISTERED"));
        timing.advance(Duration.ofSeconds(30));
        assertThat(expulsion.expelIfGone(AGENT)).isTrue();
        assertThat(pair.source.rows(STATES)).containsExactly(List.of("EXPELLED"));
        assertThat(pair.target.rows(STATES)).containsExactly(List.of("EXPELLED"));
        contact = true; // the process lives: it registers anew, under another id
        assertThat(expulsion.expelIfGone(AGENT)).isTrue();
    }

    private AgentExpulsion gone(JdbcShardSessions through) throws Exception {
        AgentExpulsion expulsion = expulsion(through);
        contact = false;
        assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        timing.advance(Duration.ofSeconds(30));
        return expulsion;
    }

    @Test
    void itCountsAsGoneWhenNoConnectionIsLeftAndALaterOneFindsTheMark() throws Exception { // [29]
        try (Connection early = agent(TARGET)) {
            read(early);
            AgentExpulsion expulsion = gone(sessions);
            assertThat(expulsion.expelIfGone(AGENT)).isFalse(); // there was one: it may have been reading
            await().until(() -> expulsion.expelIfGone(AGENT));
            assertThatThrownBy(() -> read(early)).isInstanceOf(SQLException.class);
        }
        try (Connection late = agent(TARGET)) {
            assertThatThrownBy(() -> Registration.check(late, ID)).isInstanceOf(Registration.Expelled.class);
        }
    }

    @Test
    void noConnectionIsKilledBeforeTheMarkStands() throws Exception { // [29]
        pair.source.execute("DROP TABLE _shardshift_agent");
        pair.target.execute("DROP TABLE _shardshift_agent");
        try (Connection early = agent(SOURCE);
                Connection other = agent(TARGET)) {
            AgentExpulsion expulsion = gone(sessions);
            assertThat(expulsion.expelIfGone(AGENT)).isFalse();
            read(early); // one opened after a kill and before the mark would be missed
            read(other);
        }
    }

    @Test
    void nobodyIsExpelledWhileAShardDoesNotAnswer() throws Exception { // [29]
        ShardEndpoint nowhere = new ShardEndpoint(TARGET, "jdbc:mysql://127.0.0.1:1/none", "target", 0);
        try (JdbcShardSessions half = sessions(shard -> shard.equals(TARGET) ? nowhere : pair.endpoint(shard))) {
            AgentExpulsion expulsion = gone(half);
            assertThat(expulsion.expelIfGone(AGENT)).isFalse();
            assertThat(expulsion.expelIfGone(AGENT)).isFalse();
        }
        assertThat(pair.target.rows(STATES)).containsExactly(List.of("REGISTERED"));
    }

    @Test
    void anAgentThatNeverCameToAShardIsExpelledThereToo() throws Exception { // [29]
        pair.target.execute("DELETE FROM _shardshift_agent");
        assertThat(gone(sessions).expelIfGone(AGENT)).isTrue();
        assertThat(pair.target.rows("SELECT agent, state, host, pid FROM _shardshift_agent"))
                .containsExactly(List.of("a-1", "EXPELLED", "web-3", "41"));
    }
}
