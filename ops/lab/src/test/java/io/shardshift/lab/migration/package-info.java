/**
 * Whole migrations of a real keyspace by real controllers in this process, under {@link io.shardshift.lab.model.Writers}: forward,
 * rolled back from each phase, and with controllers that crash. {@link io.shardshift.lab.migration.ShopKeyspace} is the keyspace,
 * {@link io.shardshift.lab.migration.ControllerHere} a controller, {@link io.shardshift.lab.migration.Operator} watches and steers.
 */
@NullMarked
package io.shardshift.lab.migration;

import org.jspecify.annotations.NullMarked;
