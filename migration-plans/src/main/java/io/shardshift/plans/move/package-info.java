/**
 * What a plan makes of a keyspace: which slots move, in which groups ({@link io.shardshift.plans.move.GroupPlanner}), what
 * that is called ({@link io.shardshift.plans.move.Shape}) and why it cannot be ({@link io.shardshift.plans.move.PlanCheck}).
 * Pure functions of immutable values, thread-safe.
 */
@NullMarked
package io.shardshift.plans.move;

import org.jspecify.annotations.NullMarked;
