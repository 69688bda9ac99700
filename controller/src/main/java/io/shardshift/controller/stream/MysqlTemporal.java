package io.shardshift.controller.stream;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** Dates and times as MySQL prints them. Stateless. */
final class MysqlTemporal {
    private static final long MICROS = 1_000_000;

    private MysqlTemporal() {}

    static Instant ofMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
    }

    static String date(long epochDay) {
        LocalDate date = LocalDate.ofEpochDay(epochDay);
        return String.format(Locale.ROOT, "%04d-%02d-%02d", date.getYear(), date.getMonthValue(), date.getDayOfMonth());
    }

    /** In UTC, with {@code digits} digits after the second. */
    static String dateTime(Instant instant, int digits) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        return date(time.toLocalDate().toEpochDay())
                + String.format(Locale.ROOT, " %02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond())
                + fraction(time.getNano() / 1_000, digits);
    }

    /** A TIME of -838 to 838 hours. */
    static String time(long micros, int digits) {
        long positive = Math.abs(micros);
        long seconds = positive / MICROS;
        return (micros < 0 ? "-" : "")
                + String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60)
                + fraction((int) (positive % MICROS), digits);
    }

    private static String fraction(int micros, int digits) {
        return digits == 0
                ? ""
                : "." + String.format(Locale.ROOT, "%06d", micros).substring(0, digits);
    }
}
