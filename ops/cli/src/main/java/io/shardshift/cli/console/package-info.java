/**
 * What one run of the command has around it: environment, streams, clock, controller. The way in is {@link
 * io.shardshift.cli.console.Invocation}. Used from the main thread only.
 */
@NullMarked
package io.shardshift.cli.console;

import org.jspecify.annotations.NullMarked;
