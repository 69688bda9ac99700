package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.JdbcPreparedStatement;
import com.mysql.cj.jdbc.JdbcStatement;
import com.mysql.cj.jdbc.result.ResultSetInternalMethods;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** No object that an application is handed is, or leads to, a shard's own: it would write past routes and fences. */
class HandedOutTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";
    private static final String AUTO = "CREATE TABLE auto (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT NOT NULL)";

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }

    private static void assertFails(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(SQLException.class);
    }

    @Test
    void aWriteByWayOfAResultIsMirrored() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV, AUTO);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            statement.executeUpdate("INSERT INTO auto (u) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
            int user = 0;
            for (ResultSet result : List.of(
                    statement.getGeneratedKeys(),
                    connection.getMetaData().getTables(null, null, "kv", null),
                    connection.createStatement().executeQuery("SELECT * FROM kv"))) {
                try (Statement other = result.getStatement().getConnection().createStatement()) {
                    other.executeUpdate("INSERT INTO kv VALUES (" + user++ + ", 1)");
                }
            }
            assertThat(agent.target.rows("SELECT * FROM kv ORDER BY u"))
                    .isEqualTo(agent.source.rows("SELECT * FROM kv ORDER BY u"))
                    .hasSize(3);
        }
    }

    @Test
    void theUrlIsTheAgentsAndTheSchemaStaysAsItIs() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection()) {
            assertThat(connection.getMetaData().getURL())
                    .startsWith("jdbc:shardshift://")
                    .endsWith("/" + agent.keyspace);
            connection.setCatalog(connection.getCatalog());
            connection.setSchema(connection.getSchema());
            assertRefused(() -> connection.setCatalog("other"));
            assertRefused(() -> connection.setSchema("other"));
        }
    }

    @Test
    void eachObjectNamesTheOneThatMadeIt() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV, AUTO);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("SELECT * FROM kv WHERE u = ?")) {
            prepared.setLong(1, 1);
            assertThat(prepared.getConnection()).isSameAs(connection);
            assertThat(prepared.executeQuery().getStatement()).isSameAs(prepared);
            assertThat(prepared.getResultSet()).isSameAs(prepared.getResultSet());
            assertThat(statement.execute("SHOW TABLES")).isTrue();
            assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
            statement.executeUpdate("INSERT INTO auto (u) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
            assertThat(statement.getGeneratedKeys().getStatement()).isSameAs(statement);
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(metaData.getConnection()).isSameAs(connection);
            for (ResultSet rows : List.of(
                    metaData.getTables(null, null, "kv", null),
                    metaData.getColumns(null, null, "kv", null),
                    metaData.getPrimaryKeys(null, null, "kv"),
                    metaData.getCatalogs(),
                    metaData.getTableTypes(),
                    metaData.getTypeInfo())) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getStatement().getConnection()).isSameAs(connection);
            }
        }
    }

    /** Every getter of every object that JDBC leads to from a connection. */
    @Test
    void nothingOfAShardIsReachable() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV, AUTO);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement prepared = connection.prepareStatement("SELECT u, v FROM kv WHERE u = ?");
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1)");
            prepared.setLong(1, 1);
            ResultSet rows = prepared.executeQuery();
            assertThat(rows.next()).isTrue();
            statement.executeUpdate("INSERT INTO auto (u) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
            JdbcWalk walk = new JdbcWalk(connection);
            for (Object start : List.of(rows, connection.getMetaData(), statement, prepared, connection)) {
                walk.from(start);
            }
            assertThat(walk.calls()).isGreaterThan(400);
            assertThat(walk.leaks()).isEmpty();
        }
    }

    @Test
    void unwrapFindsTheObjectItselfAlone() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement prepared = connection.prepareStatement("SELECT * FROM kv")) {
            ResultSet rows = prepared.executeQuery();
            for (Wrapper object : List.of(connection, prepared, rows, connection.getMetaData())) {
                for (Class<?> type : List.of(
                        JdbcConnection.class,
                        JdbcStatement.class,
                        JdbcPreparedStatement.class,
                        ResultSetInternalMethods.class,
                        com.mysql.cj.jdbc.DatabaseMetaData.class)) {
                    assertThat(object.isWrapperFor(type)).isFalse();
                    assertFails(() -> object.unwrap(type));
                }
            }
            assertThat(rows.unwrap(ResultSet.class)).isSameAs(rows);
            assertThat(agent.dataSource.isWrapperFor(com.zaxxer.hikari.HikariDataSource.class))
                    .isFalse();
        }
    }

    @Test
    void aResultChangesNoRow() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1)");
            int updatable = ResultSet.CONCUR_UPDATABLE;
            int scroll = ResultSet.TYPE_SCROLL_INSENSITIVE;
            int hold = ResultSet.HOLD_CURSORS_OVER_COMMIT;
            assertRefused(() -> connection.createStatement(scroll, updatable));
            assertRefused(() -> connection.createStatement(scroll, updatable, hold));
            assertRefused(() -> connection.prepareStatement("SELECT * FROM kv", scroll, updatable));
            assertRefused(() -> connection.prepareStatement("SELECT * FROM kv", scroll, updatable, hold));
            assertThat(connection.getMetaData().supportsResultSetConcurrency(scroll, updatable))
                    .isFalse();
            try (Statement statement = connection.createStatement()) {
                ResultSet rows = statement.executeQuery("SELECT * FROM kv");
                assertThat(rows.next()).isTrue();
                assertRefused(() -> rows.updateInt(2, 7));
                assertRefused(() -> rows.updateInt("v", 7));
                for (ThrowingCallable change : List.<ThrowingCallable>of(
                        rows::updateRow, rows::deleteRow, rows::moveToInsertRow, rows::insertRow)) {
                    assertRefused(change);
                }
                assertRefused(() -> statement.setCursorName("c"));
            }
            assertThat(agent.source.rows("SELECT * FROM kv")).isEqualTo(List.of(List.of("1", "1")));
        }
    }

    @Test
    void nothingIsOfUseOnceTheConnectionIsClosed() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV)) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2)");
            Connection connection = agent.dataSource.getConnection();
            DatabaseMetaData metaData = connection.getMetaData();
            ResultSet tables = metaData.getTables(null, null, "kv", null);
            PreparedStatement prepared = connection.prepareStatement("SELECT * FROM kv");
            ResultSet rows = prepared.executeQuery();
            assertThat(rows.next()).isTrue();
            assertThat(tables.next()).isTrue();
            connection.close();
            assertThat(prepared.isClosed()).isTrue();
            assertThat(rows.isClosed()).isTrue();
            assertFails(rows::next);
            assertFails(() -> rows.getLong(1));
            assertFails(rows::getStatement);
            assertFails(() -> tables.getString(3));
            assertFails(prepared::executeQuery);
            assertFails(prepared::getResultSet);
            assertFails(prepared::getConnection);
            assertFails(() -> metaData.getTables(null, null, "kv", null));
            assertFails(metaData::getDatabaseProductVersion);
            assertFails(connection::createStatement);
            assertFails(connection::getMetaData);
        }
    }

    @Test
    void aStatementTakesItsResultsAlong() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2)");
            ResultSet first = statement.executeQuery("SELECT u FROM kv ORDER BY u");
            ResultSet second = statement.executeQuery("SELECT v FROM kv ORDER BY u");
            assertThat(first.isClosed()).isTrue();
            assertFails(first::next);
            assertThat(second.next()).isTrue();
            assertThat(statement.getMoreResults()).isFalse();
            assertFails(second::next);
            assertRefused(() -> statement.getMoreResults(Statement.KEEP_CURRENT_RESULT));
            statement.closeOnCompletion();
            assertThat(statement.isCloseOnCompletion()).isTrue();
            statement.executeQuery("SELECT u FROM kv");
            ResultSet last = statement.executeQuery("SELECT u FROM kv");
            assertThat(statement.isClosed()).isFalse();
            last.close();
            assertThat(statement.isClosed()).isTrue();
        }
    }
}
