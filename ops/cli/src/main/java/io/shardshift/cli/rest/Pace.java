package io.shardshift.cli.rest;

import java.time.Duration;

/**
 * How long the command waits for what.
 *
 * @param patience how long a command goes on asking a controller that is out of reach
 * @param watchPatience the same for a watch, which outlives a change of leaders
 * @param retryPause between two tries of a request, and before a broken event stream is opened again
 * @param pollPause between two polls while there is no event stream
 * @param quietPause after so long without an event the status is asked for all the same: a connection can die unheard
 */
public record Pace(
        Duration patience, Duration watchPatience, Duration retryPause, Duration pollPause, Duration quietPause) {
    /** 6 s outlast a session time-out of 4 s and an election; 30 s a restart of the only controller. */
    public static final Pace NORMAL = new Pace(
            Duration.ofSeconds(6),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10));
}
