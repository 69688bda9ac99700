package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Registering and showing keyspaces. */
@Path("/api/v1/keyspaces")
@Produces(MediaType.APPLICATION_JSON)
public final class KeyspaceResource {
    private final ControlPlane plane;
    private final BodyReader bodies;
    private final Auditing auditing;

    KeyspaceResource(ControlPlane plane, BodyReader bodies, Auditing auditing) {
        this.plane = plane;
        this.bodies = bodies;
        this.auditing = auditing;
    }

    @PUT
    @Path("{keyspace}")
    public Response put(@PathParam("keyspace") String name, String body, @Context HttpServletRequest request)
            throws ProblemException {
        return Answers.response(auditing.onKeyspace(request, "PUT keyspace", name, () -> {
            Keyspace keyspace = bodies.keyspace(body);
            if (!keyspace.name().value().equals(name)) {
                throw namesDiffer(name, keyspace.name().value(), body);
            }
            return plane.putKeyspace(keyspace);
        }));
    }

    @GET
    public List<JsonNode> list() throws ProblemException {
        return plane.keyspaces();
    }

    @GET
    @Path("{keyspace}")
    public JsonNode show(@PathParam("keyspace") String name) throws ProblemException {
        return plane.keyspace(name);
    }

    @GET
    @Path("{keyspace}/agents")
    public List<JsonNode> agents(@PathParam("keyspace") String name) throws ProblemException {
        return plane.agents(name);
    }

    private ProblemException namesDiffer(String inPath, String inBody, String body) {
        FieldError error = new FieldError(null, null, "keyspace", "differs from the path's name", inPath);
        return new ProblemException(Problem.of(
                        ErrorCode.BAD_KEYSPACE,
                        "The path names keyspace {}, the body {}; nothing has changed",
                        inPath,
                        inBody)
                .remedy("send the file to /api/v1/keyspaces/{}", inBody)
                .withErrors(bodies.located(body, List.of(error))));
    }
}
