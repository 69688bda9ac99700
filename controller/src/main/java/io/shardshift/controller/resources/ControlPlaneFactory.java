package io.shardshift.controller.resources;

import io.dropwizard.core.setup.Environment;

/** Starts what stands behind the API. */
@FunctionalInterface
public interface ControlPlaneFactory {
    /** What it opens it hands to {@code environment.lifecycle()}, which ends it. */
    ControlPlane start(ControllerConfiguration configuration, Environment environment) throws Exception;
}
