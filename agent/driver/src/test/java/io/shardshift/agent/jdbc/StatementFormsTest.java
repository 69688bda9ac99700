package io.shardshift.agent.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What JDBC says of statements that are used more than once. */
class StatementFormsTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";

    @Test
    void aLargeBatchRunsAsAnyBatch() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO kv VALUES (?, ?)")) {
            for (int round = 0; round < 2; round++) { // the second finds a physical statement that has run
                for (int i = 0; i < 2; i++) {
                    insert.setInt(1, 2 * round + i);
                    insert.setInt(2, round);
                    insert.addBatch();
                }
                assertThat(insert.executeLargeBatch()).containsExactly(1L, 1L);
            }
            assertThat(agent.source.rows("SELECT v FROM kv ORDER BY u"))
                    .isEqualTo(List.of(List.of("0"), List.of("0"), List.of("1"), List.of("1")));
        }
    }

    @Test
    void aSettingThatIsTakenBackDoesNotStay() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT u FROM kv")) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2), (3, 3)");
            for (int maxRows : new int[] {1, 0, 2}) {
                select.setMaxRows(maxRows);
                select.setFetchSize(maxRows == 1 ? Integer.MIN_VALUE : 0);
                int rows = 0;
                try (ResultSet result = select.executeQuery()) {
                    while (result.next()) {
                        rows++;
                    }
                }
                assertThat(rows).isEqualTo(maxRows == 0 ? 3 : maxRows);
            }
        }
    }

    @Test
    void aPreparedStatementTakesNoOtherText() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO kv VALUES (1, 1)")) {
            assertThatThrownBy(() -> insert.executeUpdate("INSERT INTO kv VALUES (2, 2)"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> insert.addBatch("INSERT INTO kv VALUES (2, 2)"))
                    .isInstanceOf(SQLException.class);
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
        }
    }
}
