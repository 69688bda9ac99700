package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Bearer tokens: {@code viewer} may GET, {@code operator} may all. Digests are compared in constant time; tokens are not kept. */
public final class TokenFilter implements ContainerRequestFilter {
    private final byte[] operator;
    private final byte @Nullable [] viewer;

    public TokenFilter(String operatorToken, @Nullable String viewerToken) {
        this.operator = digest(operatorToken);
        this.viewer = viewerToken == null || viewerToken.isEmpty() ? null : digest(viewerToken);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String header = request.getHeaderString("Authorization");
        byte[] given = digest(header != null && header.startsWith("Bearer ") ? header.substring(7) : "");
        boolean isOperator = MessageDigest.isEqual(given, operator);
        byte[] viewerDigest = viewer;
        boolean isViewer = viewerDigest != null && MessageDigest.isEqual(given, viewerDigest);
        if (!isOperator && !isViewer) {
            request.abortWith(ProblemMapper.response(
                    Problem.of(ErrorCode.UNAUTHENTICATED, "A valid bearer token is needed. Nothing has changed.")
                            .remedy("set SHARDSHIFT_TOKEN, or send Authorization: Bearer <token>")));
        } else if (!isOperator && !request.getMethod().equals("GET")) {
            request.abortWith(ProblemMapper.response(
                    Problem.of(ErrorCode.FORBIDDEN, "A viewer may only read. Nothing has changed.")
                            .remedy("use the operator's token")));
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
