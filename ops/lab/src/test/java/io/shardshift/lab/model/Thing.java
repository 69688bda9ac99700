package io.shardshift.lab.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The columns of a row of {@code things}, all drawn from its seed. */
final class Thing {
    static final String COLUMNS = "seed, txt, js, amount, ts, dt, f, g, bin, bits, e, s, t, y, un";
    static final String MARKS = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
    static final String ASSIGNED =
            "seed = ?, txt = ?, js = ?, amount = ?, ts = ?, dt = ?, f = ?, g = ?, bin = ?, bits = ?,"
                    + " e = ?, s = ?, t = ?, y = ?, un = ?";
    /** What a read asks for; {@link #shown} is its answer. */
    static final String SHOWN =
            "seed, txt, CAST(js AS CHAR), amount, CAST(ts AS CHAR), CAST(dt AS CHAR), f, g, HEX(bin), e, s,"
                    + " CAST(t AS CHAR), un";

    private static final List<String> TEXTS = List.of(
            "", "plain", "quo'te", "back\\slash", "\u00e9\u4e2d\ud83d\ude80", "a,b|c", "trailing  ", "x".repeat(3_000));

    private Thing() {}

    /** Values for {@link #MARKS}. */
    static List<@Nullable Object> values(long seed) {
        Random random = new Random(seed * 7_919);
        List<@Nullable Object> values = new ArrayList<>();
        values.add(seed);
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        values.add(random.nextInt(6) == 0 ? null : text);
        values.add(random.nextInt(6) == 0 ? null : "{\"k\": " + seed % 1_000 + ", \"tt\": [1.5, \"\u00fc\", null]}");
        values.add(BigDecimal.valueOf(random.nextInt(), 6));
        String day = String.format(
                Locale.ROOT, "20%02d-%02d-%02d", random.nextInt(30), 1 + random.nextInt(12), 1 + random.nextInt(28));
        String time = String.format(
                Locale.ROOT, "%02d:%02d:%02d", random.nextInt(24), random.nextInt(60), random.nextInt(60));
        values.add(day + " " + time + String.format(Locale.ROOT, ".%06d", random.nextInt(1_000_000)));
        values.add(day + " " + time + ".125");
        values.add(random.nextInt(8_000) / 8.0f);
        values.add(random.nextInt(100_000) / 64.0);
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        values.add(random.nextInt(6) == 0 ? null : bytes);
        values.add(random.nextInt(4_096));
        values.add(List.of("a", "b", "\u00fc").get(random.nextInt(3)));
        values.add(List.of("", "x", "x,z", "y").get(random.nextInt(4)));
        values.add(random.nextInt(4) == 0 ? "-" + time + ".50" : time + ".25");
        values.add(1_990 + random.nextInt(60));
        values.add(random.nextInt(4) == 0 ? new java.math.BigInteger("18446744073709551615") : random.nextInt(1_000));
        return values;
    }

    /** What {@link #SHOWN} answers, each as text. */
    static List<String> shown(long seed) {
        List<@Nullable Object> values = values(seed);
        List<String> shown = new ArrayList<>();
        for (int i : List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14)) {
            Object value = values.get(i);
            if (value instanceof byte[] bytes) {
                shown.add(HexFormat.of().withUpperCase().formatHex(bytes));
            } else if (value instanceof Float || value instanceof Double) {
                shown.add(number(String.valueOf(value)));
            } else {
                shown.add(String.valueOf(value));
            }
        }
        return shown;
    }

    /** MySQL shows 3 where Java shows 3.0. */
    static String number(String text) {
        return new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
}
