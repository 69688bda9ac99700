/** Every metric's name, labels and help in one class: {@link io.shardshift.api.metrics.MetricNames}. */
@NullMarked
package io.shardshift.api.metrics;

import org.jspecify.annotations.NullMarked;
