/** Where a row lives: slots, slot maps, shard functions, groups and routes. Immutable values; start at {@link io.shardshift.api.routing.RouteTable}. Thread-safe. */
@NullMarked
package io.shardshift.api.routing;

import org.jspecify.annotations.NullMarked;
