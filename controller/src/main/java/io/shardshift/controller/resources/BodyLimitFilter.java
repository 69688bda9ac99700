package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Refuses bodies that are too large, whatever length they claim; runs after authentication. */
@PreMatching
@Priority(Priorities.AUTHENTICATION + 1)
public final class BodyLimitFilter implements ContainerRequestFilter {
    /** Bytes. A keyspace's lookup table with some ten thousand keys fits; a request thread holds it in memory. */
    static final int MAX_BYTES = 1 << 20;

    private static final int TOO_LARGE = 413;

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        if (!request.hasEntity()) {
            return;
        }
        byte[] body = request.getEntityStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            request.abortWith(Problems.response(
                    TOO_LARGE,
                    Problem.of(
                                    ErrorCode.BAD_REQUEST,
                                    "The body is larger than {} bytes; nothing has changed",
                                    MAX_BYTES)
                            .remedy("send a file of at most 1 MiB")));
            return;
        }
        request.setEntityStream(new ByteArrayInputStream(body));
    }
}
