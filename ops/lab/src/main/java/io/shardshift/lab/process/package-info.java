/**
 * Real processes of ours, for demo and bench: {@link io.shardshift.lab.process.ChildProcess} starts one,
 * {@link io.shardshift.lab.process.ControllerProcess} a controller with its API. Each is for one thread.
 */
@NullMarked
package io.shardshift.lab.process;

import org.jspecify.annotations.NullMarked;
