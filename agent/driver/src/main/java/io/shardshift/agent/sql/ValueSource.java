package io.shardshift.agent.sql;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Where a value comes from.
 *
 * <p>The analysis knows no column types. The caller must compare: a number beside a text column, or a text beside a
 * number column that is not that number's decimal form, makes MySQL compare as floating point and matches other stored
 * values; such a value names no slot.
 */
public sealed interface ValueSource {

    /** The value bound to a {@code ?}; the first is 1, as in JDBC. */
    record Parameter(int index) implements ValueSource {}

    /** A text between quotes, its escapes resolved. */
    record Text(String value) implements ValueSource {}

    /** A number; integers have scale 0 and no trailing zeros are kept after a decimal point. */
    record Numeric(BigDecimal value) implements ValueSource {
        /** Brings it into its one form. */
        public Numeric {
            value = value.stripTrailingZeros();
            if (value.scale() < 0 && value.precision() - value.scale() <= 100) {
                value = value.setScale(0);
            }
        }
    }

    /**
     * {@code x'00FF'}, {@code 0x00FF}, {@code b'1'}: a byte string, though a number in a number's place.
     *
     * @param hex two digits for each byte, in lower case
     */
    record Bytes(String hex) implements ValueSource {
        /** Brings it into its one form. */
        public Bytes {
            hex = hex.toLowerCase(Locale.ROOT);
        }

        /** The bytes, in a new array. */
        public byte[] value() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /** The word NULL. */
    record Null() implements ValueSource {}

    /** The word DEFAULT, or a column that an INSERT does not name. */
    record Default() implements ValueSource {}

    /** Anything else: only the server can tell. */
    record Expression() implements ValueSource {}

    /** Whether the value is known before the statement runs: a parameter or a literal that is not NULL. */
    default boolean isKnown() {
        return this instanceof Parameter || this instanceof Text || this instanceof Numeric || this instanceof Bytes;
    }
}
