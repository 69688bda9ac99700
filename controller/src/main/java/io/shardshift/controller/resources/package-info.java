/**
 * The controller's HTTP side: REST, server-sent events, authentication, errors, health and metrics. The way in is
 * {@link io.shardshift.controller.resources.ControllerApplication}; what answers is a
 * {@link io.shardshift.controller.resources.ControlPlane}, called by many request threads at once.
 */
@NullMarked
package io.shardshift.controller.resources;

import org.jspecify.annotations.NullMarked;
