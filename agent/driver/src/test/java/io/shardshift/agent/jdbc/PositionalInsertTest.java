package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An INSERT without a list of columns gives its values to the columns that MySQL gives them to, or is refused. */
class PositionalInsertTest {
    @Test
    void invisibleColumnsAreNotCountedAndGeneratedOnesAre() throws Exception {
        try (AgentFixture agent = new AgentFixture(
                        "u",
                        "CREATE TABLE t (id BIGINT NOT NULL, x INT INVISIBLE DEFAULT 3, u BIGINT NOT NULL,"
                                + " g BIGINT AS (v + 1) VIRTUAL, v BIGINT, PRIMARY KEY (u, id))");
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.split();
            statement.executeUpdate("INSERT INTO t VALUES (1, 12, DEFAULT, 5), (2, 13, DEFAULT, 6)");
            assertThat(agent.source.rows("SELECT id, x, u, g, v FROM t ORDER BY id"))
                    .isEqualTo(List.of(List.of("1", "3", "12", "6", "5"), List.of("2", "3", "13", "7", "6")));
            assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t VALUES (3, 12, 4, 5)"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void valuesAreNotShiftedWhereATableWasAltered() throws Exception {
        try (AgentFixture agent = new AgentFixture(
                        "u", "CREATE TABLE t (id BIGINT NOT NULL, u BIGINT NOT NULL, v BIGINT, PRIMARY KEY (u, id))");
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.split();
            statement.executeUpdate("INSERT INTO t VALUES (1, 12, 3)");
            for (var schema : List.of(agent.source, agent.target)) {
                schema.execute("ALTER TABLE t DROP COLUMN v, ADD COLUMN a BIGINT FIRST");
            }
            agent.source.execute("DELETE FROM t");
            // By the old order the row is for the other shard, and refused there.
            Awaitility.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> {
                statement.executeUpdate("INSERT INTO t VALUES (5, 6, 12)");
                return true;
            });
            assertThat(agent.source.rows("SELECT a, id, u FROM t")).isEqualTo(List.of(List.of("5", "6", "12")));
            assertThat(agent.target.rows("SELECT * FROM t")).isEmpty();

            for (var schema : List.of(agent.source, agent.target)) {
                schema.execute("ALTER TABLE t ADD COLUMN b BIGINT FIRST");
            }
            Awaitility.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> {
                statement.executeUpdate("INSERT INTO t VALUES (4, 5, 7, 13)");
                return true;
            });
            assertThat(agent.source.rows("SELECT b, a, id, u FROM t WHERE id = 7"))
                    .isEqualTo(List.of(List.of("4", "5", "7", "13")));
            assertThat(agent.target.rows("SELECT * FROM t")).isEmpty();
        }
    }

    @Test
    void aMirroredRowIsKnownByItsOwnKey() throws Exception { // [18]
        try (AgentFixture agent = new AgentFixture(
                        "u",
                        "CREATE TABLE t (id BIGINT NOT NULL, x INT INVISIBLE DEFAULT 3, u BIGINT NOT NULL, v BIGINT,"
                                + " PRIMARY KEY (u, id), UNIQUE KEY v (u, v))");
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            for (String sql : List.of(
                    "INSERT INTO t VALUES (1, 2, 3), (4, 5, 6)",
                    "REPLACE INTO t VALUES (7, 2, 3)",
                    "INSERT INTO t VALUES (8, 5, 6) ON DUPLICATE KEY UPDATE x = 9",
                    "INSERT INTO t SELECT id + 1, u, v + 1 FROM t WHERE u = 5")) {
                statement.executeUpdate(sql);
                assertThat(agent.target.rows("SELECT id, x, u, v FROM t ORDER BY id"))
                        .as(sql)
                        .isEqualTo(agent.source.rows("SELECT id, x, u, v FROM t ORDER BY id"))
                        .isNotEmpty();
            }
        }
    }
}
