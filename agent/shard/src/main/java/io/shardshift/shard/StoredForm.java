package io.shardshift.shard;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What MySQL stores of a value that is written to a column of a key. A row lies where the <em>stored</em> shard key says
 * and is mirrored by the stored primary key [18], while a statement names the given ones: they differ where spaces are
 * stripped or cut, zero bytes are added, a DECIMAL gets its scale, and, under an {@code sql_mode} that is not strict, where
 * a number is clamped and a text is cut or loses characters. Made once for each column; pure, immutable.
 */
public final class StoredForm {
    /** Texts of these agree in Java and MySQL wherever Java has a byte sequence for them. */
    private static final Set<String> UNICODE =
            Set.of("utf8mb4", "utf8mb3", "utf8", "ucs2", "utf16", "utf16le", "utf32");

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern TIME = Pattern.compile("\\d{2,3}:[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?");
    private static final int MOST_HOURS = 838;

    private final String type;
    private final String charset;
    private final Charset javaCharset;
    private final Limits limits;

    /**
     * What the column's definition admits; 0, or an empty list, where it says nothing.
     *
     * @param length the most characters of a text; of bytes, and of a TEXT, the most bytes
     * @param precision digits of a DECIMAL, those behind the point included
     * @param scale digits of a DECIMAL behind the point, and of a time behind the second
     * @param members of an ENUM or SET, in order
     */
    public record Limits(boolean unsigned, long length, int precision, int scale, List<String> members) {
        /** Copies the list. */
        public Limits {
            members = List.copyOf(members);
        }
    }

    /** How what is stored stands to what was given. */
    public enum Fit {
        /** The same value. */
        AS_GIVEN,
        /** Under every {@code sql_mode} the value {@link Stored#neutral}, another than was given. */
        CHANGED,
        /** Refused by the server or, under some {@code sql_mode}, cut. */
        TOO_LONG,
        /** Refused by the server or, under some {@code sql_mode}, clamped. */
        OUT_OF_RANGE,
        /** Another value, or not certain. */
        OTHERWISE
    }

    /**
     * An answer.
     *
     * @param neutral what is stored, in neutral form; where nothing certain is, a form that no stored value equals; empty
     *     where a stored value may equal the given one and has an unknown form
     * @param why what is wrong with the value, without the value; empty where it is stored
     */
    public record Stored(Fit fit, Optional<byte[]> neutral, String why) {
        /** Whether the stored value is known. */
        public boolean isCertain() {
            return fit == Fit.AS_GIVEN || fit == Fit.CHANGED;
        }
    }

    /** Throws IllegalArgumentException for an integer type that is none of MySQL's. */
    StoredForm(String type, String charset, Charset javaCharset, Limits limits) {
        this.type = type;
        this.charset = charset;
        this.javaCharset = javaCharset;
        this.limits = limits;
    }

    private static Stored stored(boolean asGiven, byte[] neutral) {
        return new Stored(asGiven ? Fit.AS_GIVEN : Fit.CHANGED, Optional.of(neutral), "");
    }

    /** A number without a text's doubts, for a column of form {@link ValueForm#NUMBER}. */
    public Stored number(BigDecimal value) {
        if (type.equals("decimal")) {
            return decimal(value);
        }
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() > 0) {
            return new Stored(Fit.OTHERWISE, Optional.empty(), "it has a fraction, which would be rounded");
        }
        if (plain.scale() < -100) { // not worth its digits
            return new Stored(Fit.OUT_OF_RANGE, Optional.empty(), "it is out of the range of " + type);
        }
        return integer(plain.toBigIntegerExact());
    }

    private Stored integer(BigInteger value) {
        byte[] neutral = value.toString().getBytes(StandardCharsets.US_ASCII);
        if (type.equals("year")) {
            boolean plain = value.bitLength() < 16 && value.intValue() >= 1901 && value.intValue() <= 2155;
            return plain
                    ? stored(true, neutral)
                    : new Stored(Fit.OTHERWISE, Optional.empty(), "it is no year from 1901 to 2155");
        }
        int bits = bits();
        boolean fits = limits.unsigned() ? value.signum() >= 0 && value.bitLength() <= bits : value.bitLength() < bits;
        return fits
                ? stored(true, neutral)
                : new Stored(
                        Fit.OUT_OF_RANGE,
                        Optional.of(neutral),
                        "it is out of the range of " + type + (limits.unsigned() ? " unsigned" : ""));
    }

    private int bits() {
        return switch (type) {
            case "tinyint" -> 8;
            case "smallint" -> 16;
            case "mediumint" -> 24;
            case "int" -> 32;
            case "bigint" -> 64;
            default -> throw new IllegalStateException(type + " is no integer");
        };
    }

    private Stored decimal(BigDecimal value) {
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() > limits.scale()) {
            return new Stored(
                    Fit.OTHERWISE,
                    Optional.empty(),
                    "it has more than " + limits.scale() + " digits behind the point, and would be rounded");
        }
        boolean fits = plain.precision() - plain.scale() <= limits.precision() - limits.scale() || plain.signum() == 0;
        if (plain.scale() < -100) { // not worth its digits
            return new Stored(Fit.OUT_OF_RANGE, Optional.empty(), "it is out of the range of the DECIMAL");
        }
        byte[] neutral = plain.setScale(limits.scale()).toPlainString().getBytes(StandardCharsets.US_ASCII);
        return fits && (!limits.unsigned() || plain.signum() >= 0)
                ? stored(true, neutral)
                : new Stored(Fit.OUT_OF_RANGE, Optional.of(neutral), "it is out of the range of the DECIMAL");
    }

    /** A date or time as MySQL prints it, for a column of form {@link ValueForm#TEMPORAL}; empty where only MySQL can tell. */
    public Optional<Stored> temporal(String value) {
        boolean real = switch (type) {
            case "date" -> isDate(value);
            case "time" -> isTime(value);
            case "datetime" ->
                value.length() > 11
                        && value.charAt(10) == ' '
                        && isDate(value.substring(0, 10))
                        && isTime(value.substring(11))
                        && value.indexOf(':') == 13
                        && value.substring(11).compareTo("24") < 0;
            default -> false;
        };
        int point = value.indexOf('.');
        int digits = point < 0 ? 0 : value.length() - point - 1;
        if (!real || digits > limits.scale()) {
            return Optional.empty();
        }
        String padded = value + (point < 0 && limits.scale() > 0 ? "." : "") + "0".repeat(limits.scale() - digits);
        return Optional.of(stored(true, padded.getBytes(StandardCharsets.US_ASCII)));
    }

    private static boolean isDate(String value) {
        if (!DATE.matcher(value).matches() || value.startsWith("0000")) {
            return false;
        }
        try {
            LocalDate.parse(value);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        return TIME.matcher(value).matches()
                && Integer.parseInt(value.substring(0, value.indexOf(':'))) <= MOST_HOURS
                && !(value.indexOf(':') == 3 && value.charAt(0) == '0') // 010:00:00 is printed otherwise
                && !value.startsWith(MOST_HOURS + ":59:59.");
    }

    /** A text, for a column of form {@link ValueForm#TEXT}. */
    public Stored text(String value) {
        if (!isEncodable(value)) {
            return new Stored(
                    Fit.OTHERWISE,
                    UNICODE.contains(charset) || charset.equals("ascii")
                            ? Optional.of(value.getBytes(javaCharset))
                            : Optional.empty(), // MySQL may have a byte where Java has none
                    "it has a character that " + charset + " lacks, or may have other bytes for in MySQL than in Java");
        }
        return switch (type) {
            case "enum", "set" -> member(value);
            case "char", "varchar" -> ofCharacters(value);
            default -> ofBytes(value.getBytes(javaCharset), "text");
        };
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private boolean isEncodable(String value) {
        boolean plain = UNICODE.contains(charset) || charset.equals("latin1") || charset.equals("ascii");
        if (isAscii(value)) { // nearly every key; to MySQL sjis has another backslash
            return plain || (value.indexOf('\\') < 0 && value.indexOf('~') < 0);
        }
        if (charset.equals("utf8mb3") || charset.equals("utf8") || charset.equals("ucs2")) {
            return value.chars().noneMatch(c -> Character.isSurrogate((char) c));
        }
        // Of others the tables are not the same in Java and MySQL: greek has a euro sign in one of them alone.
        return plain && javaCharset.newEncoder().canEncode(value);
    }

    private Stored ofCharacters(String value) {
        int end = value.length();
        while (type.equals("char") && end > 0 && value.charAt(end - 1) == ' ') {
            end--; // stripped, whatever the collation and the sql_mode
        }
        int last = end;
        int characters = value.codePointCount(0, end);
        while (characters > limits.length() && value.charAt(end - 1) == ' ') {
            end--; // strict mode too cuts spaces, with a note
            characters--;
        }
        byte[] neutral = value.substring(0, end).getBytes(javaCharset);
        if (characters > limits.length()) {
            byte[] given = value.substring(0, last).getBytes(javaCharset);
            return tooLong(given, characters + " characters, and the column takes " + limits.length());
        }
        return stored(end == value.length(), neutral);
    }

    private static Stored tooLong(byte[] given, String why) {
        return new Stored(Fit.TOO_LONG, Optional.of(given), "it has " + why);
    }

    private Stored member(String value) {
        boolean is = type.equals("enum") ? limits.members().contains(value) : isSet(value);
        byte[] neutral = value.getBytes(javaCharset);
        return is
                ? stored(true, neutral)
                : new Stored(Fit.OTHERWISE, Optional.of(neutral), "it is not written as the column's members are");
    }

    /** Stored in the order of the members, each once. */
    private boolean isSet(String value) {
        if (value.isEmpty()) {
            return true;
        }
        List<String> named = Arrays.asList(value.split(",", -1));
        return new HashSet<>(named).size() == named.size()
                && named.equals(
                        limits.members().stream().filter(named::contains).toList());
    }

    /** Bytes, for a column of form {@link ValueForm#BINARY}. */
    public Stored bytes(byte[] value) {
        if (type.equals("binary") && value.length < limits.length()) {
            return stored(false, Arrays.copyOf(value, Math.toIntExact(limits.length())));
        }
        return ofBytes(value, "bytes");
    }

    private Stored ofBytes(byte[] neutral, String what) {
        return neutral.length <= limits.length()
                ? stored(true, neutral)
                : tooLong(neutral, neutral.length + " bytes of " + what + ", and the column takes " + limits.length());
    }
}
