package io.shardshift.api.plan;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How fast copy and verification may go. {@code maxRowsPerSecond} null: as fast as the throttle allows. */
public record PacingSpec(
        int copiers, Duration maxReplicaLag, @Nullable Long maxRowsPerSecond) {
    public static final PacingSpec DEFAULT = new PacingSpec(4, Duration.ofSeconds(5), null);
}
