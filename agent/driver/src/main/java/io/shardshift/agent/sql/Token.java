package io.shardshift.agent.sql;

/**
 * One token of a SQL text.
 *
 * @param kind what it is
 * @param start its first character's place in the text
 * @param end the place after its last character
 * @param value a word or symbol as written; a name or text without quotes and escapes; a parameter's index in decimal;
 *     hexadecimal digits of bytes
 * @param glued whether nothing stands between it and the token before
 */
record Token(Kind kind, int start, int end, String value, boolean glued) {

    /** Kinds of tokens. */
    enum Kind {
        /** A keyword, or a name without quotes. */
        WORD,
        /** A name in backquotes, or a word after a dot: never a keyword. */
        NAME,
        /** A text; after a character set introducer it is opaque: {@link #OPAQUE}. */
        TEXT,
        /** A decimal number. */
        NUMBER,
        /** Bytes, in hexadecimal digits or binary ones. */
        BYTES,
        /** A literal whose value only the server can tell. */
        OPAQUE,
        /** A {@code ?}. */
        PARAMETER,
        /** A user or system variable, with its {@code @}. */
        VARIABLE,
        /** An operator or punctuation. */
        SYMBOL
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && value.equalsIgnoreCase(word);
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && value.equals(symbol);
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.NAME;
    }

    boolean isLiteral() {
        return kind == Kind.TEXT || kind == Kind.NUMBER || kind == Kind.BYTES || kind == Kind.OPAQUE;
    }
}
