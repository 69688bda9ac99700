package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.plans.file.PlanReader;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;

/** Keyspaces: registered once, read by anyone with a token. */
@Path("/api/v1/keyspaces")
@Produces(MediaType.APPLICATION_JSON)
public final class KeyspacesResource {
    private final ControlPlane controlPlane;

    public KeyspacesResource(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @PUT
    @Path("/{keyspace}")
    public Response register(@PathParam("keyspace") String name, String body) throws ProblemException {
        Keyspace keyspace = PlanReader.readKeyspace(null, body);
        if (!keyspace.name().value().equals(name)) {
            throw new ProblemException(Problem.of(
                    ErrorCode.BAD_KEYSPACE,
                    "The body names keyspace {}, the path {}. Nothing has changed.",
                    keyspace.name(),
                    name));
        }
        return response(controlPlane.putKeyspace(keyspace));
    }

    static Response response(Answer answer) {
        Response.ResponseBuilder builder = Response.status(answer.status()).entity(answer.body());
        String location = answer.location();
        return location == null
                ? builder.build()
                : builder.location(URI.create(location)).build();
    }

    @GET
    public List<JsonNode> list() throws ProblemException {
        return controlPlane.keyspaces();
    }

    @GET
    @Path("/{keyspace}")
    public JsonNode get(@PathParam("keyspace") String name) throws ProblemException {
        return controlPlane.keyspace(name);
    }

    @GET
    @Path("/{keyspace}/agents")
    public List<JsonNode> agents(@PathParam("keyspace") String name) throws ProblemException {
        return controlPlane.agents(name);
    }
}
