/**
 * The commands that take a plan's file, and the reading of such files. {@link io.shardshift.cli.plan.PlanValidator} is the
 * place where another judge of files is put in. Main thread only.
 */
@NullMarked
package io.shardshift.cli.plan;

import org.jspecify.annotations.NullMarked;
