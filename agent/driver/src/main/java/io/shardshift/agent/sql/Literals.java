package io.shardshift.agent.sql;

import java.math.BigDecimal;

/** Values of tokens that are literals. */
final class Literals {

    /** An exponent of more digits is no key of anybody's, and would fill the heap when written out. */
    private static final int MAX_NUMBER_LENGTH = 100;

    /** Up to 2^53 each integer is a DOUBLE. */
    private static final BigDecimal MAX_EXACT = BigDecimal.valueOf(1L << 53);

    private Literals() {}

    static ValueSource of(Token token) {
        return switch (token.kind()) {
            case PARAMETER -> new ValueSource.Parameter(Integer.parseInt(token.value()));
            case TEXT -> new ValueSource.Text(token.value());
            case BYTES -> new ValueSource.Bytes(token.value());
            case NUMBER -> number(token.value());
            case WORD -> word(token);
            case NAME, OPAQUE, VARIABLE, SYMBOL -> new ValueSource.Expression();
        };
    }

    static ValueSource number(String digits) {
        if (digits.length() > MAX_NUMBER_LENGTH) {
            return new ValueSource.Expression();
        }
        try {
            BigDecimal value = new BigDecimal(digits);
            boolean approximate = digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0;
            if (approximate && value.abs().compareTo(MAX_EXACT) > 0) {
                return new ValueSource.Expression(); // a DOUBLE to MySQL, which rounds it
            }
            return new ValueSource.Numeric(value);
        } catch (NumberFormatException e) {
            return new ValueSource.Expression(); // an exponent beyond int: the server will refuse it
        }
    }

    private static ValueSource word(Token token) {
        if (token.isWord("NULL")) {
            return new ValueSource.Null();
        }
        if (token.isWord("DEFAULT")) {
            return new ValueSource.Default();
        }
        if (token.isWord("TRUE")) {
            return new ValueSource.Numeric(BigDecimal.ONE);
        }
        return token.isWord("FALSE") ? new ValueSource.Numeric(BigDecimal.ZERO) : new ValueSource.Expression();
    }
}
