/** What an operator registers and submits: {@link io.shardshift.api.plan.Keyspace} and {@link io.shardshift.api.plan.MigrationPlan}. Immutable values; files are read by the module migration-plans. */
@NullMarked
package io.shardshift.api.plan;

import org.jspecify.annotations.NullMarked;
