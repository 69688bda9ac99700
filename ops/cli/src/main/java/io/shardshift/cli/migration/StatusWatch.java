package io.shardshift.cli.migration;

import static io.shardshift.cli.rest.ControllerClient.segment;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.ControllerClient;
import io.shardshift.cli.view.ProblemLayout;
import io.shardshift.cli.view.StatusView;
import io.shardshift.cli.view.Text;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one migration until it has ended: by its events, and by polling while there are none. In a terminal the screen is
 * drawn anew; elsewhere each change is a line; with {@code --json} each changed status is a line. Main thread only.
 */
public final class StatusWatch {
    private static final String CLEAR = "\033[H\033[2J";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE_END = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private final Invocation invocation;
    private final ControllerClient controller;
    private final String name;
    private final @Nullable Duration timeout;
    private final long start = System.nanoTime();
    private String shown = "";

    /** {@code timeout} {@code null}: as long as it takes. */
    public StatusWatch(Invocation invocation, String name, @Nullable Duration timeout) {
        this.invocation = invocation;
        this.controller = invocation.controller();
        this.name = name;
        this.timeout = timeout;
    }

    /**
     * The exit code: DONE for COMPLETED and ROLLED_BACK; REFUSED for a migration that its preflight stopped, FAILED for any
     * other that is FAILED. {@link Failure} with WAITING when the time is up.
     */
    public int run() {
        JsonNode status = ask();
        show(status);
        if (StatusView.hasEnded(status)) {
            return ended(status);
        }
        try (StatusFeed feed =
                new StatusFeed(controller, "/migrations/" + segment(name) + "/events", invocation.pace())) {
            while (!StatusView.hasEnded(status)) {
                if (remaining().isZero()) {
                    throw timedOut(status);
                }
                status = feed.next(remaining()).orElseGet(this::ask);
                show(status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(
                    ExitCode.FAILED, "INTERRUPTED", "The watch was interrupted; the migration goes on.", null, null, e);
        }
        return ended(status);
    }

    private JsonNode ask() {
        Duration patience = invocation.pace().watchPatience();
        Duration remaining = remaining();
        return controller
                .call(
                        Call.get("/migrations/" + segment(name)),
                        remaining.compareTo(patience) < 0 ? remaining : patience)
                .json();
    }

    /** Shows why it ended, where that is not plain; a state of a later version is no reason to stop watching. */
    private int ended(JsonNode status) {
        if (!status.path("state").asText().equals("FAILED")) {
            return ExitCode.DONE;
        }
        JsonNode wait = status.path("waitingFor");
        if (wait.isObject() && !drawsScreens()) {
            invocation.printError(ProblemLayout.ofWait(wait, invocation.now(), name));
        }
        return wait.path("code").asText().equals("PREFLIGHT_FAILED") ? ExitCode.REFUSED : ExitCode.FAILED;
    }

    private Duration remaining() {
        if (timeout == null) {
            return Duration.ofDays(1);
        }
        Duration left = timeout.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Failure timedOut(JsonNode status) {
        JsonNode wait = status.path("waitingFor");
        Failure failure = Failure.of(
                ExitCode.WAITING,
                "TIMED_OUT",
                name + " has not ended within " + Text.duration(timeout == null ? Duration.ZERO : timeout)
                        + "; it goes on.",
                "it is in " + Text.of(status.path("phase")) + ", " + Text.of(status.path("state")),
                null,
                null);
        return wait.isObject()
                ? failure.with("waitingFor", wait, ProblemLayout.ofWait(wait, invocation.now(), name))
                : failure;
    }

    private boolean drawsScreens() {
        return invocation.terminal() && !invocation.json();
    }

    private void show(JsonNode status) {
        if (drawsScreens()) {
            String screen = StatusView.screen(status, invocation.now(), true);
            String drawn = screen.replace("\n", CLEAR_LINE_END + "\n") + CLEAR_LINE_END;
            invocation.print((shown.isEmpty() ? CLEAR : HOME) + drawn + "\n" + CLEAR_BELOW);
            shown = screen;
            return;
        }
        String line = invocation.json() ? status.toString() : StatusView.line(status);
        if (!line.equals(shown)) {
            invocation.print(invocation.json() ? line : invocation.now().truncatedTo(ChronoUnit.MILLIS) + "  " + line);
            shown = line;
        }
    }
}
