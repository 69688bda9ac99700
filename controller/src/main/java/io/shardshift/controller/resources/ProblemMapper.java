package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure as {@code application/problem+json} (RFC 9457). What is our bug is logged under an id, and only that is told. */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return response(known.problem());
        }
        if (failure instanceof WebApplicationException web) {
            int status = web.getResponse().getStatus();
            ErrorCode code = status == 404 ? ErrorCode.NOT_FOUND : ErrorCode.BAD_REQUEST;
            return response(status, Problem.of(code, "{}", String.valueOf(web.getMessage())));
        }
        String id = UUID.randomUUID().toString();
        LOG.error("request failed, id {}", id, failure);
        return response(
                Problem.of(ErrorCode.INTERNAL, "The request failed; the controller's log has it under {}.", id));
    }

    static Response response(Problem problem) {
        return response(status(problem.code()), problem);
    }

    private static Response response(int status, Problem problem) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", "about:blank");
        body.put("title", problem.what());
        body.put("status", status);
        body.put("detail", problem.why() == null ? problem.what() : problem.why());
        body.put("code", problem.code().name());
        body.put("remedy", problem.remedy());
        body.set("errors", Json.tree(problem.errors()));
        return Response.status(status).type(MEDIA_TYPE).entity(body.toString()).build();
    }

    /** The one table of codes and statuses. */
    static int status(ErrorCode code) {
        return switch (code) {
            case BAD_KEYSPACE, BAD_PLAN, PREFLIGHT_FAILED, CHECK_FAILED -> 422;
            case BAD_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND, KEYSPACE_UNKNOWN, MIGRATION_UNKNOWN -> 404;
            case NO_LEADER, STORE_UNREACHABLE, SHARD_UNREACHABLE -> 503;
            case INTERNAL -> 500;
            case KEYSPACE_DIFFERS,
                    KEYSPACE_BUSY,
                    MIGRATION_NAME_TAKEN,
                    MIGRATION_ENDED,
                    MIGRATION_RUNNING,
                    NOTHING_TO_ADVANCE,
                    ROLLBACK_IMPOSSIBLE,
                    NOTHING_TO_PURGE,
                    WAITING_FOR_GATE,
                    AGENTS_NOT_ACKNOWLEDGED,
                    STREAM_BROKEN,
                    STREAM_NOT_CAUGHT_UP,
                    FENCE_HELD_BY_TRANSACTION,
                    FENCE_CHANGED_BY_ANOTHER,
                    HANDOFF_NOT_DRAINED,
                    HANDOFF_TAKEN_BACK,
                    HANDOFF_PAUSE_TOO_LONG,
                    HANDOFF_HELD_BY_TRANSACTION,
                    TWO_OWNERS_COLLIDE,
                    ROWS_DIFFER,
                    SCHEMA_CHANGED,
                    HISTORY_WENT_BACK,
                    LEADERSHIP_LOST,
                    THROTTLED,
                    STATEMENT_REFUSED,
                    HANDOVER_NOT_IN_TIME,
                    OUTCOME_UNKNOWN,
                    MIRROR_NOT_AVAILABLE -> 409;
        };
    }
}
