package io.shardshift.lab.migration;

import java.time.Duration;
import java.util.stream.LongStream;

/**
 * Seeds of the workload: {@code -Dshardshift.seed=N} replays one, {@code -Dshardshift.workload.seeds=N} runs so many, and
 * {@code -Dshardshift.workload.seconds=N} stays so long at each gate.
 */
final class Seeds {
    private Seeds() {}

    static LongStream all() {
        Long replayed = Long.getLong("shardshift.seed");
        long first = replayed != null ? replayed : System.nanoTime() % 1_000_000_000L;
        return LongStream.range(first, first + (replayed != null ? 1 : Long.getLong("shardshift.workload.seeds", 1)));
    }

    static long one() {
        return all().findFirst().orElseThrow();
    }

    static Duration stay() {
        return Duration.ofSeconds(Long.getLong("shardshift.workload.seconds", 0));
    }
}
