package io.shardshift.controller.pacing;

import java.util.OptionalDouble;

/** Something measured that background work must not push over a limit. Thread-safe. */
public interface Signal {
    /** Name with its shard, such as {@code threads_running(shop-0)}. */
    String name();

    /** Largest value at which work goes on. */
    double limit();

    /** Unit as it is shown behind values, such as {@code s}; may be empty. */
    String unit();

    /** The value now, empty when it cannot be measured; bounded in time, throws nothing. */
    OptionalDouble read();

    /** A signal over something that others measure. */
    static Signal of(String name, double limit, String unit, Reading reading) {
        return new Signal() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double limit() {
                return limit;
            }

            @Override
            public String unit() {
                return unit;
            }

            @Override
            public OptionalDouble read() {
                return reading.read();
            }
        };
    }

    /** One measurement. */
    @FunctionalInterface
    interface Reading {
        OptionalDouble read();
    }
}
