package io.shardshift.controller.resources;

import com.codahale.metrics.health.HealthCheck;
import io.shardshift.api.problem.ProblemException;
import java.net.URI;
import java.util.Optional;

/** Healthy where this controller leads, or could: it stands by and ZooKeeper is in reach. */
final class ReadyCheck extends HealthCheck {
    private final ControlPlane plane;

    ReadyCheck(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    protected Result check() {
        try {
            if (!plane.isReady()) {
                return Result.unhealthy("ZooKeeper is out of reach");
            }
            if (plane.leads()) {
                return Result.healthy("leads");
            }
            Optional<URI> leader = plane.leaderElsewhere();
            return Result.healthy(
                    leader.isPresent() ? "stands by for " + leader.get() : "stands by; nobody leads at the moment");
        } catch (ProblemException e) {
            return Result.unhealthy(e.problem().what());
        }
    }
}
