package io.shardshift.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.rest.ControllerClient;
import io.shardshift.cli.rest.Pace;
import io.shardshift.cli.rest.Reply;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of the command: where it reads its environment, where it writes, what time it is. Main thread only.
 *
 * <p>The token comes from the environment alone: an option would show in the list of processes.
 */
public final class Invocation {
    private static final String DEFAULT_URL = "http://127.0.0.1:8080";

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final Clock clock;
    private final Pace pace;
    private boolean json;

    /** {@code terminal}: whether {@code out} is one, so that a watch may draw over what it has drawn. */
    public Invocation(
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            boolean terminal,
            Clock clock,
            Pace pace) {
        this.environment = Map.copyOf(environment);
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.clock = clock;
        this.pace = pace;
    }

    /** The controller that the environment names; {@link Failure} with USAGE where it names none that can be. */
    public ControllerClient controller() {
        String url = environment.getOrDefault("SHARDSHIFT_URL", DEFAULT_URL);
        return new ControllerClient(base(url), token(), pace);
    }

    private @Nullable String token() {
        String token = environment.getOrDefault("SHARDSHIFT_TOKEN", "").strip();
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) { // never shown: it is nearly the right one
            throw Failure.of(
                    ExitCode.USAGE,
                    "BAD_TOKEN",
                    "SHARDSHIFT_TOKEN cannot be a token.",
                    "it holds a space, a line's end or a character that is not ASCII",
                    "set it to the token alone",
                    null);
        }
        return token.isEmpty() ? null : token;
    }

    private static URI base(String url) {
        try {
            URI uri = new URI(url.strip());
            if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                throw badUrl("'" + url + "' is no URL of http or https", null);
            }
            if (uri.getRawUserInfo() != null) {
                throw badUrl("it holds a user or password, which no controller takes", null);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw badUrl("'" + url + "' is no URL of http or https", e);
        }
    }

    private static Failure badUrl(String why, @Nullable Throwable cause) {
        return Failure.of(
                ExitCode.USAGE,
                "BAD_URL",
                "SHARDSHIFT_URL is not the address of a controller.",
                why,
                "set it to one such as " + DEFAULT_URL,
                cause);
    }

    /** Shows a reply: as it came with {@code --json}, else what {@code view} makes of it. */
    public void show(Reply reply, Function<JsonNode, String> view) {
        print(json ? reply.body().stripTrailing() : view.apply(reply.json()));
    }

    public void print(String text) {
        out.println(text);
        out.flush();
    }

    public void printError(String text) {
        err.println(text);
        err.flush();
    }

    /** The report to stderr; with {@code --json} the problem as JSON to stdout, too. */
    public int end(Failure failure) {
        String body = failure.json();
        if (json && body != null) {
            print(body.stripTrailing());
        }
        printError(failure.report());
        return failure.exitCode();
    }

    public void useJson(boolean value) {
        json = value;
    }

    public boolean json() {
        return json;
    }

    public boolean terminal() {
        return terminal;
    }

    public Instant now() {
        return clock.instant();
    }

    public Pace pace() {
        return pace;
    }
}
