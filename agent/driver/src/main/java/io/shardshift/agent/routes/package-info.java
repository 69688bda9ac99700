/**
 * What an agent knows of its routes, and what it tells of itself: {@link io.shardshift.agent.routes.RouteWatch} keeps the
 * newest table in one volatile and acknowledges an epoch when all that was begun under older ones has ended [11].
 */
@NullMarked
package io.shardshift.agent.routes;

import org.jspecify.annotations.NullMarked;
