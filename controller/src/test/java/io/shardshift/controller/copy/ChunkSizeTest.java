package io.shardshift.controller.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkSizeTest {
    private static final Duration TARGET = Duration.ofMillis(50);

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    @Test
    void followsTheTimeThatChunksTakeByAtMostAFactorOfTwo() {
        ChunkSize size = new ChunkSize(TARGET);
        size.rowsAreAbout(100, 10_000);
        assertThat(size.rows()).isEqualTo(500);
        size.took(500, millis(1));
        assertThat(size.rows()).isEqualTo(1_000);
        size.took(1_000, millis(62));
        assertThat(size.rows()).isBetween(800, 810);
        size.took(size.rows(), millis(5_000));
        assertThat(size.rows()).isBetween(400, 405);
    }

    @Test
    void staysWithinItsBoundsAndNeverComesToNothing() {
        ChunkSize size = new ChunkSize(TARGET);
        size.rowsAreAbout(100, 600);
        size.took(500, millis(1));
        assertThat(size.rows()).isEqualTo(600);
        for (int i = 0; i < 30; i++) {
            size.took(size.rows(), millis(10_000));
        }
        assertThat(size.rows()).isEqualTo(1);
    }

    @Test
    void largeRowsMakeSmallChunksFromTheFirst() {
        ChunkSize size = new ChunkSize(TARGET);
        assertThat(size.rows()).isEqualTo(50);
        size.rowsAreAbout(4 << 20, 10_000);
        assertThat(size.rows()).isEqualTo(2);
    }

    @Test
    void aShortChunkSaysNothing() {
        ChunkSize size = new ChunkSize(TARGET);
        size.rowsAreAbout(100, 10_000);
        size.took(3, millis(1));
        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void chunksThatWereSlowTogetherCountOnce() {
        ChunkSize size = new ChunkSize(TARGET);
        size.rowsAreAbout(100, 10_000);
        for (int worker = 0; worker < 4; worker++) {
            size.took(500, millis(200));
        }
        assertThat(size.rows()).isEqualTo(250);
    }

    @Test
    void aServerWhoseCommitsAreSlowIsNotCopiedRowByRow() {
        ChunkSize size = new ChunkSize(TARGET);
        size.rowsAreAbout(100, 10_000);
        for (int i = 0; i < 30; i++) {
            size.took(size.rows(), millis(120));
        }
        assertThat(size.rows()).isEqualTo(200);
        size.took(200, millis(300));
        assertThat(size.rows()).isEqualTo(100);
        size.took(100, millis(60));
        assertThat(size.rows()).isEqualTo(100);
    }
}
