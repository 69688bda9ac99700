package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers each exception with a problem. What is not ours to show (any exception but a {@link ProblemException}) is
 * logged under an id, and the client is given the id alone.
 */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    @Override
    public Response toResponse(Throwable thrown) {
        if (thrown instanceof ProblemException problem) {
            return Problems.response(problem.problem());
        }
        if (thrown instanceof WebApplicationException http
                && http.getResponse().getStatus() < Response.Status.INTERNAL_SERVER_ERROR.getStatusCode()) {
            return refused(http.getResponse());
        }
        String id = UUID.randomUUID().toString();
        LOG.error("Request failed, id {}", id, thrown);
        return Problems.response(
                Problem.of(ErrorCode.INTERNAL, "The controller failed; whether anything has changed is unknown")
                        .because("an unexpected error, logged by the controller with id {}", id)
                        .remedy("look at the status before trying again; report the log entry with this id"));
    }

    /** What the framework refuses before a resource is called keeps its status and its headers, such as Allow. */
    private static Response refused(Response original) {
        int status = original.getStatus();
        Problem problem = switch (status) {
            case 404 ->
                Problem.of(ErrorCode.NOT_FOUND, "There is nothing at this path").remedy("see GET /api/v1/openapi.yaml");
            case 405 ->
                Problem.of(ErrorCode.BAD_REQUEST, "This path does not take this method")
                        .remedy("see GET /api/v1/openapi.yaml");
            case 406 ->
                Problem.of(ErrorCode.BAD_REQUEST, "No form that the request accepts can be given")
                        .remedy("accept application/json; for events text/event-stream");
            case 415 ->
                Problem.of(ErrorCode.BAD_REQUEST, "The body has a type that is not taken. Nothing has changed.")
                        .remedy("send YAML or JSON, as application/yaml or application/json");
            default ->
                Problem.of(ErrorCode.BAD_REQUEST, "The request cannot be read (HTTP {}). Nothing has changed.", status)
                        .remedy("see GET /api/v1/openapi.yaml");
        };
        Response answer = Problems.response(status, problem);
        String allow = original.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? answer
                : Response.fromResponse(answer).header(HttpHeaders.ALLOW, allow).build();
    }
}
