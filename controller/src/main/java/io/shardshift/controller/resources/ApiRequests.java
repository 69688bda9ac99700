package io.shardshift.controller.resources;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.shardshift.api.metrics.MetricNames;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.util.Set;

/** Counts answers by method and status. Thread-safe. */
public final class ApiRequests implements ContainerResponseFilter {
    /** A method may be any word: each would be a series of its own. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    private final Counter answers;

    ApiRequests(PrometheusRegistry registry) {
        MetricNames name = MetricNames.API_REQUESTS;
        this.answers = Counter.builder()
                .name(name.metric())
                .help(name.help())
                .labelNames(name.labels().toArray(String[]::new))
                .withoutExemplars()
                .register(registry);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "other";
        answers.labelValues(method, Integer.toString(response.getStatus())).inc();
    }
}
