package io.shardshift.controller.copy;

import io.shardshift.api.time.Timing;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.shard.ShardSessions;
import java.util.random.RandomGenerator;

/**
 * What background work stands on.
 *
 * @param random draws the jitter of pauses; thread-safe
 */
public record WorkContext(
        ShardSessions sessions,
        Timing timing,
        Throttle throttle,
        RowRate rate,
        Attempts attempts,
        TableEstimates estimates,
        RandomGenerator random) {}
