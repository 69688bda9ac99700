package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes several controllers one service: where this one does not lead, a request goes on to the leader and is answered as
 * the leader answers it. While there is no leader, or it is out of reach, the request waits for the take-over: nothing was
 * sent, so nothing can happen twice. A command whose answer was lost is never sent again: its outcome is unknown.
 *
 * <p>Runs after authentication and the body's limit; the leader authenticates again. Thread-safe.
 */
@PreMatching
@Priority(Priorities.AUTHENTICATION + 2)
public final class ForwardingFilter implements ContainerRequestFilter {
    /** On a request that was forwarded: its sender's address. Such a request is not forwarded again. */
    static final String FORWARDED_FOR = "Shardshift-Forwarded-For";

    /** On the answer of a controller that does not lead: the request was not looked at. */
    static final String NOT_LEADING = "Shardshift-Not-Leading";

    /**
     * How long a request waits for a leader: a take-over after a crash takes the ZooKeeper session's time-out (4 s), a tick
     * of ZooKeeper's and a look; clients give up after 10 s or more.
     */
    static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int GATEWAY_TIMEOUT = 504;

    private final ControlPlane plane;
    private final Timing timing;
    private final LeaderClient client;
    private volatile boolean stopping;

    @Context
    private @Nullable HttpServletRequest servletRequest;

    ForwardingFilter(ControlPlane plane, Timing timing) {
        this.plane = plane;
        this.timing = timing;
        this.client = new LeaderClient(() -> !stopping);
    }

    /** Ends the event streams that are piped through, soon. */
    void stop() {
        stopping = true;
    }

    /** Who sent a request first, for the audit: its address, and where it was forwarded the first sender's too. */
    static String sender(HttpServletRequest request) {
        String from = request.getRemoteAddr();
        String first = request.getHeader(FORWARDED_FOR);
        return first != null && first.matches("[0-9A-Fa-f.:%]{1,64}") ? from + " for " + first : from;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        if (plane.leads() || isAnsweredByAll(request)) {
            return;
        }
        if (request.getHeaderString(FORWARDED_FOR) != null) {
            request.abortWith(Response.fromResponse(Problems.response(noLeader()))
                    .header(NOT_LEADING, "true")
                    .build());
            return;
        }
        byte[] body = request.hasEntity() ? request.getEntityStream().readAllBytes() : new byte[0];
        request.setEntityStream(new ByteArrayInputStream(body));
        try {
            Optional<Response> answer = answer(request, body);
            answer.ifPresent(request::abortWith);
        } catch (ProblemException e) {
            request.abortWith(Problems.response(e.problem()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request.abortWith(Problems.response(noLeader()));
        }
    }

    /** Only paths that say the same on every controller. */
    private static boolean isAnsweredByAll(ContainerRequestContext request) {
        return request.getUriInfo().getPath().equals("api/v1/openapi.yaml");
    }

    /** Empty when this controller leads meanwhile. */
    private Optional<Response> answer(ContainerRequestContext request, byte[] body)
            throws ProblemException, InterruptedException {
        Deadline deadline = timing.deadlineIn(PATIENCE);
        while (!plane.leads()) {
            Problem inTheWay = noLeader();
            try {
                Optional<URI> leader = plane.leaderElsewhere();
                if (leader.isPresent()) {
                    return Optional.of(client.send(leader.get(), request, body, senderAddress()));
                }
            } catch (LeaderClient.NotTaken e) {
                inTheWay = noLeader().because("{}", String.valueOf(e.getMessage()));
            } catch (LeaderClient.AnswerLost e) {
                if (!LeaderClient.reads(request)) {
                    return Optional.of(Problems.response(GATEWAY_TIMEOUT, outcomeUnknown(e)));
                }
                inTheWay = noLeader().because("{}", String.valueOf(e.getMessage()));
            } catch (ProblemException e) {
                inTheWay = e.problem(); // who leads cannot be asked now
            }
            if (deadline.hasPassed()) {
                throw new ProblemException(inTheWay);
            }
            deadline.pause(LOOK);
        }
        return Optional.empty();
    }

    private String senderAddress() {
        HttpServletRequest known = servletRequest;
        return known == null ? "unknown" : known.getRemoteAddr();
    }

    private static Problem noLeader() {
        return Problem.of(ErrorCode.NO_LEADER, "No controller leads at the moment. Nothing has changed.")
                .remedy("try again in a few seconds; if it stays so, look at the controllers' /healthcheck");
    }

    private static Problem outcomeUnknown(LeaderClient.AnswerLost e) {
        return Problem.of(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "The leader was sent this request and its answer was lost: it may have taken effect or not.")
                .because("{}", String.valueOf(e.getMessage()))
                .remedy("look at the status before sending it again");
    }
}
