/** The admin API: resources of a few lines over {@link io.shardshift.controller.resources.ControlPlane}. Jetty's threads. */
@NullMarked
package io.shardshift.controller.resources;

import org.jspecify.annotations.NullMarked;
