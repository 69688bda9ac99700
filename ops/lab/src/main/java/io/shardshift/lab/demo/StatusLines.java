package io.shardshift.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A status as the demo shows it: what is not known is said to be so. Stateless. */
final class StatusLines {
    /** Characters of what a step waits for, so that a line stays one. */
    private static final int MOST_SHOWN = 160;

    /** Below the step's line, to the right of its time and keyspace. */
    private static final String INDENT = " ".repeat(21);

    private StatusLines() {}

    /** How far the present step is. */
    static String detail(JsonNode status, String step) {
        String word = step.toLowerCase(Locale.ROOT);
        JsonNode copy = status.path("copy");
        JsonNode verification = status.path("verification");
        return switch (step) {
            case "COPY", "CATCH_UP" ->
                copy.isEmpty()
                        ? word
                        : word + ": " + number(copy, "rows") + " of about " + number(copy, "rowsTotal") + " rows, "
                                + number(copy, "rowsPerSecond") + " rows/s";
            case "VERIFY" ->
                verification.isEmpty() ? word : word + ": " + number(verification, "rowsCompared") + " rows compared";
            default -> {
                boolean handsOver = status.path("phase").asText().equals("STOP_OLD_WRITES");
                JsonNode slots = status.path("slots");
                yield handsOver
                        ? word + ", " + number(slots, "moved") + " of " + number(slots, "moving") + " slots moved"
                        : word;
            }
        };
    }

    private static String number(JsonNode figures, String field) {
        JsonNode value = figures.path(field);
        return value.isNumber() ? value.asText() : "unknown";
    }

    /** What the step waits for, since when and why, a line each; none while it gets on. */
    static List<String> waits(JsonNode status, Instant now) {
        JsonNode wait = status.path("waitingFor");
        List<String> lines = new ArrayList<>();
        if (!wait.isObject()) {
            return lines;
        }
        String what = wait.path("what").asText(wait.path("message").asText());
        lines.add(INDENT + "waits" + since(wait.path("since"), now) + ": "
                + cut(wait.path("code").asText() + "  " + what));
        if (wait.path("why").isTextual()) {
            lines.add(INDENT + "  because: " + cut(wait.path("why").asText()));
        }
        return lines;
    }

    private static String since(JsonNode since, Instant now) {
        return since.isTextual()
                ? " for "
                        + Math.max(
                                0,
                                Duration.between(Instant.parse(since.asText()), now)
                                        .toSeconds()) + " s"
                : "";
    }

    private static String cut(String text) {
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
    }
}
