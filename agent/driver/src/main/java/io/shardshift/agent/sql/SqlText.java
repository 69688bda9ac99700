package io.shardshift.agent.sql;

/** SQL as it may be shown in messages, logs and {@code status}. Thread-safe. */
public final class SqlText {

    /** Longer texts are cut: a message is read by people. */
    public static final int MAX_LENGTH = 1024;

    private SqlText() {}

    /**
     * The statement without any value: each literal as {@code ?}, comments left out, white space as one space, cut at
     * {@link #MAX_LENGTH} characters. Of a text that cannot be cut into tokens only what precedes the fault is shown.
     */
    public static String forMessage(String sql) {
        // Masking only shortens by what it drops, so a bounded prefix suffices, whatever the text's size.
        boolean whole = sql.length() <= 16 * MAX_LENGTH;
        Lexer.Result cut = Lexer.cut(whole ? sql : sql.substring(0, 16 * MAX_LENGTH));
        StringBuilder out = new StringBuilder();
        for (Token token : cut.tokens()) {
            if (!out.isEmpty() && !token.glued()) {
                out.append(' ');
            }
            out.append(token.isLiteral() ? "?" : sql, token.isLiteral() ? 0 : token.start(), shownEnd(token));
            if (out.length() > MAX_LENGTH) {
                break;
            }
        }
        boolean complete = whole && cut.problem().isEmpty() && out.length() <= MAX_LENGTH;
        if (out.length() > MAX_LENGTH - 1) {
            out.setLength(MAX_LENGTH - 1);
        }
        return complete ? out.toString() : out.append('…').toString();
    }

    private static int shownEnd(Token token) {
        return token.isLiteral() ? 1 : token.end();
    }
}
