package io.shardshift.controller.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.copy.TableTask.End;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Walks of one table; the bounds of their chunks come from a real server. */
class TableTaskTest {
    private static final Map<Integer, Long> FIRST = Map.of(0, 1L, 1, 1L);
    private static final Map<Integer, Long> SECOND = Map.of(0, 1L, 1, 2L);

    private static TableTask task(CopyFixture shards) throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        TableTask task =
                new TableTask(shards.pair, shards.table("t", "user_id"), End.LAST_KEY_ALONE, Duration.ofMillis(50));
        task.begin(FIRST, Optional.empty());
        return task;
    }

    private static ShardSession bounds(CopyFixture shards) throws Exception {
        return shards.sessions.open(
                CopyFixture.SOURCE, Purpose.PLAIN, SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(30)));
    }

    private static CopyFixture shards() throws Exception {
        return new CopyFixture("CREATE TABLE t (id INT PRIMARY KEY, user_id INT NOT NULL)");
    }

    @Test
    void aChunkOfAnEarlierWalkDoesNotCountForTheNewAttempt() throws Exception { // [34]
        try (CopyFixture shards = shards();
                ShardSession bounds = bounds(shards)) {
            TableTask task = task(shards);
            Chunk late = task.take(FIRST, bounds).orElseThrow(); // its worker is slow; meanwhile the group is emptied
            Chunk begun = task.take(SECOND, bounds).orElseThrow();
            assertThat(begun.range()).isEqualTo(late.range());

            task.finished(late, new ChunkResult(3, 1, 1));
            TableProgress progress = task.progress(0);
            assertThat(progress.rows()).isZero();
            assertThat(progress.differences()).isZero();
            assertThat(progress.repaired()).isZero();
            assertThat(progress.attempts()).isEqualTo(SECOND);
            assertThat(progress.key()).isEmpty();
            assertThat(progress.done()).isFalse();

            List<Chunk> rest = rest(task, bounds);
            assertThat(task.isDone(SECOND)).isFalse();
            task.finished(begun, new ChunkResult(2, 0, 0));
            rest.forEach(chunk -> task.finished(chunk, new ChunkResult(1, 0, 0)));
            assertThat(task.progress(0).rows()).isEqualTo(3);
            assertThat(task.isDone(SECOND)).isTrue();
            assertThat(task.isDone(FIRST)).isFalse();
        }
    }

    private static List<Chunk> rest(TableTask task, ShardSession bounds) throws Exception {
        List<Chunk> rest = new ArrayList<>();
        for (Optional<Chunk> next = task.take(SECOND, bounds); next.isPresent(); next = task.take(SECOND, bounds)) {
            rest.add(next.get());
        }
        return rest;
    }

    @Test
    void norIsItHandedOutAgain() throws Exception { // [34]
        try (CopyFixture shards = shards();
                ShardSession bounds = bounds(shards)) {
            TableTask task = task(shards);
            Chunk cutOff = task.take(FIRST, bounds).orElseThrow();
            Chunk begun = task.take(SECOND, bounds).orElseThrow();
            task.giveBack(cutOff);
            task.giveBackSplit(cutOff, bounds);
            task.giveBack(begun); // one of this walk is
            assertThat(rest(task, bounds))
                    .contains(begun)
                    .doesNotContain(cutOff)
                    .hasSize(2);
        }
    }
}
