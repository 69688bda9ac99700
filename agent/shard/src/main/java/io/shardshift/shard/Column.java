package io.shardshift.shard;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * A column that travels.
 *
 * @param type MySQL's name of the type without length, in lower case: {@code bigint}, {@code enum}
 * @param form how its values travel
 * @param charset MySQL's name of the character set, empty for columns without one
 * @param collation MySQL's name of the collation, empty likewise
 * @param javaCharset the character set in Java; UTF-8 where there is none
 * @param stored what becomes of a value that is written to it
 */
public record Column(
        String name,
        String type,
        ValueForm form,
        String charset,
        String collation,
        Charset javaCharset,
        StoredForm stored) {
    private static final String EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");

    /** The name as an SQL identifier. */
    public String quoted() {
        return Identifiers.quote(name);
    }

    public boolean isInteger() {
        return INTEGERS.contains(type);
    }

    /** ENUM or SET: stored in the order of its members, but compared with a text in the order of texts. */
    public boolean isEnumerated() {
        return type.equals("enum") || type.equals("set");
    }

    /**
     * Canonical form of a neutral value, from which slots are computed: text in UTF-8, numbers without the zeros of ZEROFILL
     * and YEAR, all else as it travels.
     */
    byte[] canonical(byte[] neutral) {
        return switch (form) {
            case TEXT -> javaCharset.equals(StandardCharsets.UTF_8) ? neutral : utf8(neutral);
            case NUMBER -> withoutLeadingZeros(neutral);
            case FLOAT, DOUBLE, TEMPORAL, TIMESTAMP, BINARY, BIT, JSON, SPATIAL -> neutral;
        };
    }

    private byte[] utf8(byte[] neutral) {
        String text = new String(neutral, javaCharset);
        if (charset.equals("latin1")) { // MySQL's latin1 has C1 characters where Java's windows-1252 has none
            StringBuilder filled = new StringBuilder(text);
            for (int i = 0; i < filled.length(); i++) {
                if (filled.charAt(i) == '\uFFFD') {
                    filled.setCharAt(i, (char) (neutral[i] & 0xff));
                }
            }
            text = filled.toString();
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] withoutLeadingZeros(byte[] digits) {
        int zeros = 0;
        while (zeros + 1 < digits.length
                && digits[zeros] == '0'
                && digits[zeros + 1] >= '0'
                && digits[zeros + 1] <= '9') {
            zeros++;
        }
        return zeros == 0 ? digits : Arrays.copyOfRange(digits, zeros, digits.length);
    }

    /**
     * SQL expression whose bytes name the stored value exactly, whatever the session's time zone, character sets and
     * {@code sql_mode} are: its neutral form, but that a TIMESTAMP may have more zeros at its end, and an ENUM or SET is
     * its text.
     *
     * @param name the column as the statement names it
     */
    public String exactSql(String name) {
        String value = switch (form) {
            case NUMBER, TEMPORAL, DOUBLE, BINARY -> name;
            case TEXT -> type.equals("char") ? "TRIM(TRAILING ' ' FROM " + name + ")" : name; // sql_mode may pad it
            case FLOAT -> name + " + 0E0";
            case BIT -> name + " + 0";
            case TIMESTAMP ->
                EPOCH + " + INTERVAL UNIX_TIMESTAMP(" + name + ") SECOND"; // an hour of the year comes twice
            case JSON, SPATIAL -> name; // in no key
        };
        return "CAST(" + value + " AS BINARY)";
    }

    /** What is compared with {@link #givenSql} of a value's exact form; again in any session. */
    public String comparedSql(String name) {
        return form == ValueForm.TIMESTAMP ? "UNIX_TIMESTAMP(" + name + ")" : name;
    }

    /** A marker for a value in the form of {@link #exactSql}, with what makes it comparable. Text is bound as bytes. */
    public String givenSql() {
        return switch (form) {
            case TEXT -> textSql();
            case TIMESTAMP -> "TIMESTAMPDIFF(MICROSECOND, " + EPOCH + ", ?) * 0.000001";
            case NUMBER, FLOAT, DOUBLE, TEMPORAL, BINARY, BIT, JSON, SPATIAL -> "?";
        };
    }

    /** Under the column's own collation, so that the index serves. */
    String textSql() {
        return "CONVERT(? USING " + charset + ") COLLATE " + collation;
    }

    /** SQL expression of the canonical form, from which slots are computed. */
    public String canonicalSql() {
        return form.canonicalSql(quoted());
    }
}
