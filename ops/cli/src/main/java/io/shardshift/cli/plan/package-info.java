/**
 * The commands that take a file, and the reading of such files with the controller's own reader: {@link
 * io.shardshift.cli.plan.PlanFile}. Main thread only.
 */
@NullMarked
package io.shardshift.cli.plan;

import org.jspecify.annotations.NullMarked;
