package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Single values as people read them. What was not measured is {@link #UNKNOWN}, never 0. */
public final class Text {
    public static final String UNKNOWN = "unknown";

    private Text() {}

    /** Whether there is nothing to show: {@code null} or missing. */
    static boolean absent(JsonNode node) {
        return node.isNull() || node.isMissingNode();
    }

    /** The value as one line. A statement or host name from outside must not steer the operator's terminal. */
    public static String of(JsonNode node) {
        return absent(node) ? UNKNOWN : clean(node.isValueNode() ? node.asText() : node.toString());
    }

    /** As {@link #of}, but {@code otherwise} for what is absent or empty. */
    public static String of(JsonNode node, String otherwise) {
        return absent(node) || node.asText("-").isEmpty() ? otherwise : of(node);
    }

    static String clean(String value) {
        StringBuilder text = new StringBuilder(value.length());
        value.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(text::appendCodePoint);
        return text.toString().strip();
    }

    /** A number with separators of thousands. */
    static String count(JsonNode node) {
        return node.isNumber() ? String.format(Locale.ROOT, "%,d", node.asLong()) : of(node);
    }

    static String millis(JsonNode node) {
        return node.isNumber() ? duration(Duration.ofMillis(node.asLong())) : of(node);
    }

    static String seconds(JsonNode node) {
        return node.isNumber() ? duration(Duration.ofSeconds(node.asLong())) : of(node);
    }

    /** An instant and its distance from {@code now}: {@code 2026-11-24T10:00:00Z (5 s ago)}. */
    static String since(JsonNode node, Instant now) {
        String text = of(node);
        try {
            Instant instant = Instant.parse(text);
            Duration age = Duration.between(instant, now);
            text = instant.truncatedTo(ChronoUnit.SECONDS).toString(); // nobody reads nanoseconds
            return age.isNegative()
                    ? text + " (in " + duration(age.negated()) + ")"
                    : text + " (" + duration(age) + " ago)";
        } catch (DateTimeException notAnInstant) {
            return text; // shown as it came: a clock's odd text still tells the operator more than nothing
        }
    }

    /** How long from one instant to the other, to {@code now} where that one has not come. */
    static String between(JsonNode from, JsonNode to, Instant now) {
        try {
            Instant end = absent(to) ? now : Instant.parse(to.asText());
            Duration duration = Duration.between(Instant.parse(from.asText()), end);
            return duration.isNegative() ? duration(Duration.ZERO) : duration(duration);
        } catch (DateTimeException notAnInstant) {
            return UNKNOWN;
        }
    }

    /** The two largest units: {@code 12 ms}, {@code 41 s}, {@code 3 min 5 s}, {@code 2 h 10 min}, {@code 1 d 4 h}. */
    public static String duration(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        if (duration.toSeconds() < 10 && duration.toMillisPart() > 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (duration.toMinutes() < 1) {
            return duration.toSeconds() + " s";
        }
        if (duration.toHours() < 1) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        if (duration.toDays() < 1) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
}
