/**
 * Random statements and what must come of them. {@link io.shardshift.lab.model.Writers} is the way in: it runs them through
 * several agents, each thread drawing from a seed of its own, and keeps a model in memory of what was acknowledged. Users
 * whose transactions are made one after the other are known exactly; users that all threads contend for take increments
 * alone, whose sum is known.
 */
@NullMarked
package io.shardshift.lab.model;

import org.jspecify.annotations.NullMarked;
