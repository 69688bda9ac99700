/** The clock as a port: {@link io.shardshift.api.time.Timing}, and the {@link io.shardshift.api.time.Deadline} of every wait. */
@NullMarked
package io.shardshift.api.time;

import org.jspecify.annotations.NullMarked;
