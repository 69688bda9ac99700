/**
 * Runs migrations: {@link io.shardshift.controller.coordinator.MigrationCoordinator} owns one migration's state and runs
 * its steps; {@link io.shardshift.controller.coordinator.Controller} leads or stands by and holds the coordinators. A
 * crash, a retry and normal work are one path: store the state, run its step, run it again if in doubt.
 */
@NullMarked
package io.shardshift.controller.coordinator;

import org.jspecify.annotations.NullMarked;
