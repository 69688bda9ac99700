package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Sessions that are given back and taken again. */
class KeptSessionsTest {
    private static long statementsOf(TwoShards shards, long connection) throws SQLException {
        return Long.parseLong(shards.target
                .rows("SELECT s.VARIABLE_VALUE FROM performance_schema.status_by_thread s JOIN"
                        + " performance_schema.threads t USING (THREAD_ID) WHERE s.VARIABLE_NAME = 'Questions' AND"
                        + " t.PROCESSLIST_ID = " + connection)
                .get(0)
                .get(0));
    }

    private static long mirrorOnce(TwoShards shards) throws ShardException {
        try (JdbcShardSession mirror = shards.mirror()) {
            mirror.begin(Isolation.READ_COMMITTED);
            mirror.readFence(TwoShards.GROUP, RowLock.SHARE);
            mirror.commit();
            return mirror.connectionId();
        }
    }

    @Test
    void aTransactionOnAKeptSessionSendsItsOwnStatementsAndNoMore() throws Exception {
        try (TwoShards shards = new TwoShards()) {
            long connection = mirrorOnce(shards);
            long before = statementsOf(shards, connection);

            assertThat(mirrorOnce(shards)).isEqualTo(connection);

            assertThat(statementsOf(shards, connection) - before).isEqualTo(2); // the fence, COMMIT
        }
    }

    @Test
    void aSessionThatIsClosedHoldsNothing() throws Exception {
        try (TwoShards shards = new TwoShards("CREATE TABLE t (id INT PRIMARY KEY)")) {
            long first;
            try (JdbcShardSession mirror = shards.mirror()) {
                first = mirror.connectionId();
                mirror.begin(Isolation.READ_COMMITTED);
                mirror.readFence(TwoShards.GROUP, RowLock.SHARE);
                mirror.commit();
                try (Statement statement = mirror.connection().createStatement()) {
                    statement.execute("INSERT INTO t VALUES (1)");
                }
            }
            try (JdbcShardSession mirror = shards.mirror()) {
                assertThat(mirror.connectionId()).isEqualTo(first);
                mirror.commit();
            }
            assertThat(shards.target.rows("SELECT id FROM t")).isEmpty();
        }
    }

    @Test
    void aSessionThatIsClosedAfterACommitAndAReadHoldsNoLock() throws Exception {
        try (TwoShards shards = new TwoShards()) {
            try (JdbcShardSession mirror = shards.mirror()) {
                mirror.begin(Isolation.READ_COMMITTED);
                mirror.commit();
                mirror.readFence(TwoShards.GROUP, RowLock.UPDATE);
            }
            try (JdbcShardSession other = shards.mirror();
                    JdbcShardSession one = shards.mirror()) {
                assertThat(other.readFence(TwoShards.GROUP, RowLock.UPDATE_NOWAIT))
                        .isPresent();
                other.rollback();
                assertThat(one.readFence(TwoShards.GROUP, RowLock.UPDATE_NOWAIT))
                        .isPresent();
            }
        }
    }

    @Test
    void sessionsAreUsedInTurnSoThatTrafficKeepsAllOfThemAlive() throws Exception {
        try (TwoShards shards = new TwoShards()) {
            long one;
            long other;
            try (JdbcShardSession first = shards.mirror();
                    JdbcShardSession second = shards.mirror()) {
                one = second.connectionId(); // given back first
                other = first.connectionId();
            }
            for (long expected : new long[] {one, other, one, other}) {
                try (JdbcShardSession next = shards.mirror()) {
                    assertThat(next.connectionId()).isEqualTo(expected);
                }
            }
        }
    }
}
