/**
 * Reads keyspace and plan files, YAML or JSON, into the values of {@code api.plan}, or says everything that is wrong
 * with them at once: {@link io.shardshift.plans.file.PlanReader}. Stateless and thread-safe; a file is read by one thread.
 */
@NullMarked
package io.shardshift.plans.file;

import org.jspecify.annotations.NullMarked;
