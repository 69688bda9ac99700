/**
 * What happens next, as pure functions: {@link io.shardshift.controller.migration.MigrationStateMachine} for the whole,
 * {@link io.shardshift.controller.migration.HandoffStateMachine} for one group's cut-over. No I/O, no clock, no threads;
 * imports only {@code api} and the JDK.
 */
@NullMarked
package io.shardshift.controller.migration;

import org.jspecify.annotations.NullMarked;
