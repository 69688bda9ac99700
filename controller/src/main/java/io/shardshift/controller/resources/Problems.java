package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.Problem;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;

/** Writes a {@link Problem} as {@code application/problem+json} (RFC 9457). */
final class Problems {
    static final String MEDIA_TYPE = "application/problem+json";
    /** A standby finds its leader within a ZooKeeper session: asking sooner than this helps nobody. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private Problems() {}

    static Response response(Problem problem) {
        return response(ProblemStatus.of(problem.code()), problem);
    }

    static Response response(int status, Problem problem) {
        Response.ResponseBuilder response =
                Response.status(status).type(MEDIA_TYPE).entity(body(status, problem));
        if (status == Response.Status.UNAUTHORIZED.getStatusCode()) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"shardshift\"");
        } else if (status == Response.Status.SERVICE_UNAVAILABLE.getStatusCode()) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return response.build();
    }

    static byte[] body(int status, Problem problem) {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put(
                "type",
                "urn:shardshift:problem:"
                        + problem.code().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        body.put("title", problem.what());
        body.put("status", status);
        body.put("detail", problem.why() == null ? problem.what() : problem.why());
        body.put("code", problem.code().name());
        if (problem.remedy() != null) {
            body.put("remedy", problem.remedy());
        }
        body.set("errors", Json.tree(problem.errors()));
        return Json.write(body);
    }
}
