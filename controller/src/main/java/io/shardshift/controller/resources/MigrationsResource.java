package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.plans.file.PlanReader;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Migrations: submitted, watched, commanded. */
@Path("/api/v1/migrations")
@Produces(MediaType.APPLICATION_JSON)
public final class MigrationsResource {
    /** A comment line this often tells a client, and every proxy between, that the stream lives. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final ControlPlane controlPlane;

    public MigrationsResource(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @POST
    public Response submit(@QueryParam("dryRun") @DefaultValue("false") boolean dryRun, String body)
            throws ProblemException {
        return KeyspacesResource.response(controlPlane.submit(PlanReader.readPlan(null, body), dryRun));
    }

    @GET
    public List<JsonNode> list() throws ProblemException {
        return controlPlane.migrations();
    }

    @GET
    @Path("/{name}")
    public JsonNode status(@PathParam("name") String name) throws ProblemException {
        return controlPlane.status(name);
    }

    @GET
    @Path("/{name}/differences")
    public JsonNode differences(@PathParam("name") String name) throws ProblemException {
        return controlPlane.differences(name);
    }

    @POST
    @Path("/{name}/{command}")
    public JsonNode command(@PathParam("name") String name, @PathParam("command") String command)
            throws ProblemException {
        for (Command known : Command.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(command)) {
                return controlPlane.command(name, known);
            }
        }
        throw new ProblemException(Problem.of(
                ErrorCode.NOT_FOUND,
                "No command {}; there are advance, pause, resume, rollback, complete, purge.",
                command));
    }

    @DELETE
    @Path("/{name}")
    public Response forget(@PathParam("name") String name) throws ProblemException {
        controlPlane.forget(name);
        return Response.noContent().build();
    }

    /** Server-sent events: {@code status} with the whole status, {@code audit} with a record; resumes by Last-Event-ID. */
    @GET
    @Path("/{name}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public StreamingOutput events(
            @PathParam("name") String name, @HeaderParam("Last-Event-ID") @DefaultValue("0") long lastEventId)
            throws ProblemException {
        EventLog log = controlPlane.events(name);
        return out -> {
            try {
                send(log, name, lastEventId, out);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ProblemException e) {
                write(out, "event: end\ndata: {}\n\n"); // the migration was forgotten, or this controller leads no more
            }
        };
    }

    private void send(EventLog log, String name, long from, OutputStream out)
            throws IOException, InterruptedException, ProblemException {
        long last = from;
        while (!log.isClosed()) {
            Optional<EventLog.Entry> next = log.next(last, KEEP_ALIVE);
            if (next.isEmpty()) {
                write(out, ": alive\n\n");
                continue;
            }
            last = next.get().id();
            String data = next.get().type().equals("status")
                    ? controlPlane.status(name).toString()
                    : next.get().data().toString();
            write(out, "id: " + last + "\nevent: " + next.get().type() + "\ndata: " + data + "\n\n");
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
