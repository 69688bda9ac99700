package io.shardshift.cli;

import io.shardshift.cli.rest.Pace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** One run of the command in this process, and what it wrote. */
record CommandRun(int exitCode, String out, String err) {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T10:05:00Z"), ZoneOffset.UTC);
    /** As the normal one, only quick. */
    private static final Pace QUICK = new Pace(
            Duration.ofMillis(60),
            Duration.ofMillis(60),
            Duration.ofMillis(10),
            Duration.ofMillis(20),
            Duration.ofMillis(50));

    static CommandRun of(ControllerPeer peer, String... args) {
        return of(Map.of("SHARDSHIFT_URL", peer.url()), false, args);
    }

    static CommandRun of(Map<String, String> environment, boolean terminal, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = ShardshiftCommand.run(
                new HashMap<>(environment),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                CLOCK,
                QUICK,
                args);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A recorded answer of the interface. */
    static String recorded(String name) {
        try (InputStream json = CommandRun.class.getResourceAsStream(name + ".json")) {
            return new String(Objects.requireNonNull(json, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
