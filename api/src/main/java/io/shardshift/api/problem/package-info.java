/** One shape for a plan error, a check's finding, a wait, a REST error and an {@code SQLException}: {@link io.shardshift.api.problem.Problem}. Immutable values. */
@NullMarked
package io.shardshift.api.problem;

import org.jspecify.annotations.NullMarked;
