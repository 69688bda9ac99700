package io.shardshift.controller.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.copy.CopyFixture;
import io.shardshift.controller.copy.ServerEstimates;
import io.shardshift.shard.ShardException;
import org.junit.jupiter.api.Test;

class ServerSignalsTest {
    private static final ShardName SHARD = CopyFixture.SOURCE;

    @Test
    void aServerTellsItsLoadAndItsUndo() throws Exception {
        try (CopyFixture shards = new CopyFixture()) {
            ServerSignals signals = new ServerSignals(shards.sessions, SystemTiming.INSTANCE);
            Signal threads = signals.threadsRunning(SHARD, 40);
            assertThat(threads.name()).isEqualTo("threads_running(source)");
            assertThat(threads.read().orElseThrow()).isPositive();
            assertThat(signals.historyListLength(SHARD, 1e6).read().orElseThrow())
                    .isNotNegative();
        }
    }

    @Test
    void whatCannotBeReachedIsAMissedReading() {
        ServerSignals unreachable = new ServerSignals(
                (shard, purpose, deadline) -> {
                    throw new ShardException(shard, ShardException.Kind.CONNECTION_LOST, "gone", null, null);
                },
                SystemTiming.INSTANCE);
        assertThat(unreachable.threadsRunning(SHARD, 40).read()).isEmpty();
    }

    @Test
    void estimatesAreThoseOfTodayAndUnknownForNoTable() throws Exception {
        try (CopyFixture shards = new CopyFixture("CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200))")) {
            ServerEstimates estimates = new ServerEstimates(shards.sessions, SystemTiming.INSTANCE);
            assertThat(estimates.of(SHARD, "t").orElseThrow().rows()).isZero();
            shards.source.execute(
                    "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                            + " SELECT i, REPEAT('x', 200) FROM n",
                    "ANALYZE TABLE t");
            assertThat(estimates.of(SHARD, "t").orElseThrow().rows()).isBetween(700L, 1_100L);
            assertThat(estimates.of(SHARD, "t").orElseThrow().bytesPerRow()).isBetween(150L, 500L);
            assertThat(estimates.of(SHARD, "absent")).isEmpty();
        }
    }
}
