package io.shardshift.cli.migration;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --watch} and {@code --timeout}; the latter alone means both, for it has no other use. */
public final class WatchOptions {
    @Option(names = "--watch", description = "follow the migration until it has ended")
    private boolean watch;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationText.class,
            description = "watch no longer than this, such as 60s; then end with 4")
    private @Nullable Duration timeout;

    public boolean wanted() {
        return watch || timeout != null;
    }

    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Durations as the files write them, with their unit: {@code 250ms}, {@code 60s}, {@code 5m}, {@code 2h}. */
    static final class DurationText implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
        private static final Map<String, ChronoUnit> UNITS = Map.of(
                "ms", ChronoUnit.MILLIS, "s", ChronoUnit.SECONDS, "m", ChronoUnit.MINUTES, "h", ChronoUnit.HOURS);

        @Override
        public Duration convert(String value) {
            Matcher form = FORM.matcher(value);
            ChronoUnit unit = form.matches() ? UNITS.get(form.group(2)) : null;
            if (unit == null) {
                throw new TypeConversionException("'" + value + "' is not a duration such as 250ms, 60s, 5m or 2h");
            }
            return Duration.of(Long.parseLong(form.group(1)), unit);
        }
    }
}
