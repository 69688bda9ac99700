package io.shardshift.controller.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    /** A clock that goes on when told. */
    private static final class Clock implements Timing {
        private long nanos;

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void pause(Duration duration) {
            nanos += duration.toNanos();
        }
    }

    private final Clock clock = new Clock();
    private OptionalDouble lag = OptionalDouble.of(1);
    private final Throttle throttle =
            new Throttle(clock, Duration.ofSeconds(1), List.of(Signal.of("replica_lag(r-1)", 5, "s", () -> lag)));

    @BeforeEach
    void isSampled() {
        throttle.samplingBegins();
    }

    @Test
    void closesAboveALimitWithTheReasonAndOpensAgain() {
        throttle.sample();
        assertThat(throttle.isOpen()).isTrue();
        lag = OptionalDouble.of(7.25);
        assertThat(throttle.isOpen()).as("asking reads nothing").isTrue();
        throttle.sample();
        assertThat(throttle.reason()).contains("replica_lag(r-1) 7.3s > 5s");
        lag = OptionalDouble.of(5);
        throttle.sample();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void threeMissedReadingsCloseItAndOneOpensIt() {
        lag = OptionalDouble.empty();
        throttle.sample();
        throttle.sample();
        assertThat(throttle.isOpen()).isTrue();
        throttle.sample();
        assertThat(throttle.reason()).contains("replica_lag(r-1) unknown > 5s: 3 readings missed");
        lag = OptionalDouble.of(0);
        throttle.sample();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void aSamplerThatStandsClosesIt() {
        throttle.sample();
        clock.pause(Duration.ofSeconds(4));
        assertThat(throttle.reason()).contains("last_reading 4000ms > 3000ms");
        throttle.sample();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void withoutASamplerNothingIsKnownAndNothingHeldBack() {
        lag = OptionalDouble.of(9);
        throttle.sample();
        throttle.samplingEnds();
        clock.pause(Duration.ofSeconds(60));
        assertThat(throttle.isSampled()).isFalse();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void aSamplerTakesTheFirstSampleAtOnceAndEndsWhenClosed() {
        Throttle unwatched = new Throttle(clock, Duration.ofSeconds(1), List.of(Signal.of("load", 5, "", () -> lag)));
        lag = OptionalDouble.of(9);
        List<Runnable> started = new ArrayList<>();
        try (ThrottleSampler sampler = ThrottleSampler.start(unwatched, started::add, clock)) {
            assertThat(unwatched.reason()).contains("load 9 > 5");
            sampler.close();
            assertThat(unwatched.isSampled()).isFalse();
        }
        assertThat(unwatched.isSampled()).as("closed twice").isFalse();
        started.forEach(Runnable::run); // ends by itself
    }

    @Test
    void aMissedReadingDoesNotOpenAClosedThrottle() {
        lag = OptionalDouble.of(9);
        throttle.sample();
        lag = OptionalDouble.empty();
        throttle.sample();
        assertThat(throttle.isOpen()).isFalse();
    }

    @Test
    void aRowRateMakesWorkersWaitTheirTurnAndSavesNothingUp() {
        RowRate rate = new RowRate(clock, 1_000L);
        clock.pause(Duration.ofSeconds(60));
        assertThat(rate.book(500)).isEqualTo(Duration.ofMillis(500));
        assertThat(rate.book(500)).isEqualTo(Duration.ofMillis(1_000));
        clock.pause(Duration.ofMillis(800));
        assertThat(rate.book(100)).isEqualTo(Duration.ofMillis(300));
        assertThat(new RowRate(clock, null).book(1_000_000)).isZero();
    }

    @Test
    void aBackoffDoublesUpToItsBoundWithJitter() throws Exception {
        Backoff backoff = new Backoff(clock, new Random(1), Duration.ofMillis(10), Duration.ofMillis(40));
        for (long most : new long[] {10, 20, 40, 40}) {
            long before = clock.nanoTime();
            backoff.pause();
            assertThat(Duration.ofNanos(clock.nanoTime() - before))
                    .isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
    }
}
