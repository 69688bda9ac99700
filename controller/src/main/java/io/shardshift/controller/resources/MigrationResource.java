package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Submitting, steering and watching migrations. */
@Path("/api/v1/migrations")
@Produces(MediaType.APPLICATION_JSON)
public final class MigrationResource {
    private final ControlPlane plane;
    private final BodyReader bodies;
    private final Auditing auditing;
    private final EventStreams streams;

    MigrationResource(ControlPlane plane, BodyReader bodies, Auditing auditing, EventStreams streams) {
        this.plane = plane;
        this.bodies = bodies;
        this.auditing = auditing;
        this.streams = streams;
    }

    @POST
    public Response submit(
            String body,
            @QueryParam("dryRun") @DefaultValue("false") String dryRun,
            @Context HttpServletRequest request)
            throws ProblemException {
        boolean onlyChecked = Flags.parse("dryRun", dryRun);
        MigrationPlan plan = bodies.plan(body); // a plan that cannot be read has no name to be recorded under
        String action = onlyChecked ? "POST migration, dry run" : "POST migration";
        return Answers.response(
                auditing.onMigration(request, action, plan.name().value(), () -> submit(plan, body, onlyChecked)));
    }

    private Answer submit(MigrationPlan plan, String body, boolean dryRun) throws ProblemException {
        try {
            return plane.submit(plan, dryRun);
        } catch (ProblemException e) {
            Problem problem = e.problem();
            throw new ProblemException(problem.withErrors(bodies.located(body, problem.errors())), e);
        }
    }

    @GET
    public List<JsonNode> list() throws ProblemException {
        return plane.migrations();
    }

    @GET
    @Path("{name}")
    public JsonNode status(@PathParam("name") String name) throws ProblemException {
        return plane.status(name);
    }

    @GET
    @Path("{name}/differences")
    public JsonNode differences(@PathParam("name") String name) throws ProblemException {
        return plane.differences(name);
    }

    @GET
    @Path("{name}/events")
    @Produces(EventStreams.MEDIA_TYPE)
    public Response events(@PathParam("name") String name, @HeaderParam("Last-Event-ID") @Nullable String lastEventId)
            throws ProblemException {
        return streams.open(plane.events(name), lastEventId);
    }

    /** Without this the framework would run the stream for a HEAD request, and throw it away for ever. */
    @HEAD
    @Path("{name}/events")
    @Produces(EventStreams.MEDIA_TYPE)
    public Response eventsHead(@PathParam("name") String name) throws ProblemException {
        plane.events(name);
        return Response.ok().type(EventStreams.MEDIA_TYPE).build();
    }

    @POST
    @Path("{name}/advance")
    public JsonNode advance(@PathParam("name") String name, @Context HttpServletRequest request)
            throws ProblemException {
        return command(request, name, Command.ADVANCE);
    }

    @POST
    @Path("{name}/pause")
    public JsonNode pause(@PathParam("name") String name, @Context HttpServletRequest request) throws ProblemException {
        return command(request, name, Command.PAUSE);
    }

    @POST
    @Path("{name}/resume")
    public JsonNode resume(@PathParam("name") String name, @Context HttpServletRequest request)
            throws ProblemException {
        return command(request, name, Command.RESUME);
    }

    @POST
    @Path("{name}/rollback")
    public JsonNode rollback(@PathParam("name") String name, @Context HttpServletRequest request)
            throws ProblemException {
        return command(request, name, Command.ROLLBACK);
    }

    @POST
    @Path("{name}/complete")
    public JsonNode complete(@PathParam("name") String name, @Context HttpServletRequest request)
            throws ProblemException {
        return command(request, name, Command.COMPLETE);
    }

    @POST
    @Path("{name}/purge")
    public JsonNode purge(@PathParam("name") String name, @Context HttpServletRequest request) throws ProblemException {
        return command(request, name, Command.PURGE);
    }

    @DELETE
    @Path("{name}")
    public Response forget(@PathParam("name") String name, @Context HttpServletRequest request)
            throws ProblemException {
        return auditing.onMigration(request, "DELETE migration", name, () -> {
            plane.forget(name);
            return Response.noContent().build();
        });
    }

    private JsonNode command(HttpServletRequest request, String name, Command command) throws ProblemException {
        return auditing.onMigration(request, command.path(), name, () -> plane.command(name, command));
    }
}
