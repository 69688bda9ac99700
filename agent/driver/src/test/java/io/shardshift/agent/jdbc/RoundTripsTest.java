package io.shardshift.agent.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Without a migration a statement costs what it costs without the agent: one command. */
class RoundTripsTest {
    private static final int TIMES = 20;

    /** Commands of every kind that the agent's connections to the source have sent. */
    private static long commands(AgentFixture agent) throws SQLException {
        return Long.parseLong(agent.source
                .rows("SELECT COALESCE(SUM(s.COUNT_STAR), 0) FROM"
                        + " performance_schema.events_statements_summary_by_thread_by_event_name s"
                        + " JOIN performance_schema.threads t ON t.THREAD_ID = s.THREAD_ID"
                        + " JOIN performance_schema.session_connect_attrs a ON a.PROCESSLIST_ID = t.PROCESSLIST_ID"
                        + " AND a.ATTR_NAME = 'program_name' WHERE a.ATTR_VALUE = 'shardshift-agent-"
                        + agent.dataSource.agentId() + "'")
                .get(0)
                .get(0));
    }

    private static void times(AgentFixture agent, String sql) throws SQLException {
        for (int i = 0; i < TIMES; i++) {
            try (Connection connection = agent.dataSource.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, 1);
                if (sql.startsWith("SELECT")) {
                    try (ResultSet rows = statement.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                    }
                } else {
                    assertThat(statement.executeUpdate()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aLoneStatementIsOneCommand() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)")) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1)");
            for (String sql : new String[] {"SELECT v FROM kv WHERE u = ?", "UPDATE kv SET v = v + 1 WHERE u = ?"}) {
                times(agent, sql); // opens what is missing
                long before = commands(agent);
                times(agent, sql);
                assertThat(commands(agent) - before).as(sql).isEqualTo(TIMES);
            }
        }
    }
}
