/**
 * How a command ends when it does not end well: an exit code and what the operator reads. The way in is {@link
 * io.shardshift.cli.failure.Failure}. No threads.
 */
@NullMarked
package io.shardshift.cli.failure;

import org.jspecify.annotations.NullMarked;
