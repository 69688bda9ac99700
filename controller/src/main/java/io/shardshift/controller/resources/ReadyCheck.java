package io.shardshift.controller.resources;

import com.codahale.metrics.health.HealthCheck;
import io.shardshift.api.problem.ProblemException;

/** Healthy when the control plane can answer. */
final class ReadyCheck extends HealthCheck {
    private final ControlPlane plane;

    ReadyCheck(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    protected Result check() {
        try {
            return plane.isReady() ? Result.healthy() : Result.unhealthy("not ready");
        } catch (ProblemException e) {
            return Result.unhealthy(e.problem().what());
        }
    }
}
