package io.shardshift.shard;

import io.shardshift.api.routing.Fence;
import java.time.Duration;

/**
 * A fence as one SELECT found it.
 *
 * @param serverUuidFits whether the row was stamped for the server that answered
 * @param holdLeft how long the group's hold is still in force by that server's clock; zero when there is none
 */
public record FenceView(Fence fence, boolean serverUuidFits, Duration holdLeft) {
    public boolean isHeld() {
        return !holdLeft.isZero();
    }
}
