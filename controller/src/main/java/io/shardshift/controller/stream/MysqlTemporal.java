package io.shardshift.controller.stream;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Dates and times as MySQL prints them. Stateless. */
final class MysqlTemporal {
    private static final long MICROS = 1_000_000;

    private MysqlTemporal() {}

    static Instant ofMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
    }

    static String date(long epochDay) {
        return date(new StringBuilder(10), LocalDate.ofEpochDay(epochDay)).toString();
    }

    /** In UTC, with {@code digits} digits after the second. */
    static String dateTime(Instant instant, int digits) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        StringBuilder text = date(new StringBuilder(26), time.toLocalDate()).append(' ');
        clock(text, time.getHour(), time.getMinute(), time.getSecond());
        return fraction(text, time.getNano() / 1_000, digits).toString();
    }

    /** A TIME of -838 to 838 hours. */
    static String time(long micros, int digits) {
        long positive = Math.abs(micros);
        int seconds = (int) (positive / MICROS);
        StringBuilder text = new StringBuilder(17).append(micros < 0 ? "-" : "");
        clock(text, seconds / 3_600, seconds / 60 % 60, seconds % 60);
        return fraction(text, (int) (positive % MICROS), digits).toString();
    }

    private static StringBuilder date(StringBuilder text, LocalDate date) {
        padded(text, date.getYear(), 4).append('-');
        padded(text, date.getMonthValue(), 2).append('-');
        return padded(text, date.getDayOfMonth(), 2);
    }

    private static void clock(StringBuilder text, int hours, int minutes, int seconds) {
        padded(text, hours, 2).append(':');
        padded(text, minutes, 2).append(':');
        padded(text, seconds, 2);
    }

    private static StringBuilder fraction(StringBuilder text, int micros, int digits) {
        if (digits > 0) {
            padded(text.append('.'), micros, 6).setLength(text.length() - 6 + digits);
        }
        return text;
    }

    /** As {@code %0<width>d}, which took a tenth of the controller's processor time in a stream of rows with a DATETIME. */
    private static StringBuilder padded(StringBuilder text, int number, int width) {
        String digits = Integer.toString(number);
        return text.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
    }
}
