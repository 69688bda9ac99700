/**
 * How fast background work may go: {@link io.shardshift.controller.pacing.Throttle} says whether it may go on now,
 * {@link io.shardshift.controller.pacing.RowRate} how many rows a second. The wiring samples the throttle once a second;
 * workers ask it between chunks. Starts no thread.
 */
@NullMarked
package io.shardshift.controller.pacing;

import org.jspecify.annotations.NullMarked;
