package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import java.util.Set;

/** Lets in who has a token: viewers to read, operators to change. Before matching, so that paths stay unknown too. */
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class TokenFilter implements ContainerRequestFilter {
    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final Tokens tokens;

    TokenFilter(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<Caller> caller = tokens.caller(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        if (caller.isEmpty()) {
            request.abortWith(Problems.response(Problem.of(
                            ErrorCode.UNAUTHENTICATED, "The request has no token that this controller knows")
                    .remedy("send Authorization: Bearer <token>; the command line takes it from SHARDSHIFT_TOKEN")));
        } else if (!caller.get().mayChange() && !READING.contains(request.getMethod())) {
            request.abortWith(
                    Problems.response(Problem.of(ErrorCode.FORBIDDEN, "A viewer may read only; nothing has changed")
                            .remedy("use the operator's token")));
        } else {
            request.setProperty(Caller.PROPERTY, caller.get());
        }
    }
}
