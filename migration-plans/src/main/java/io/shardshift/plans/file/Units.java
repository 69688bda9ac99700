package io.shardshift.plans.file;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations and rates, written with their unit. */
final class Units {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern ROWS_PER_SECOND = Pattern.compile("([0-9]{1,15})(?:/s)?");

    private Units() {}

    /** Reads {@code 250ms}, {@code 2s}, {@code 1m} or {@code 1h}; null for anything else. */
    static @Nullable Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** Reads {@code 5000} or {@code 5000/s}; the field's name holds the unit too. Null for anything else. */
    static @Nullable Long rowsPerSecond(String text) {
        Matcher matcher = ROWS_PER_SECOND.matcher(text);
        return matcher.matches() ? Long.valueOf(matcher.group(1)) : null;
    }

    /** In the largest unit that leaves no rest. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
