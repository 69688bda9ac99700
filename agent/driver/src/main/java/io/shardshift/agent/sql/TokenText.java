package io.shardshift.agent.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A text with its tokens: finds clauses among them and gives back slices of the original. Immutable. */
final class TokenText {

    /** Words after SELECT that change nothing here and that JSqlParser takes in one order only. */
    private static final Set<String> SELECT_OPTIONS = Set.of(
            "SQL_CALC_FOUND_ROWS",
            "HIGH_PRIORITY",
            "SQL_NO_CACHE",
            "SQL_SMALL_RESULT",
            "SQL_BIG_RESULT",
            "SQL_BUFFER_RESULT");

    /** Names to MySQL, but where they are called; to JSqlParser they are keywords, some of them of joins. */
    private static final Set<String> NAMES_TO_MYSQL = Set.of(
            "ANTI",
            "ANY",
            "APPLY",
            "ASOF",
            "ERRORS",
            "FINAL",
            "FULL",
            "GLOBAL",
            "IMPORT",
            "MINUS",
            "NUMBER",
            "ONLY",
            "PIVOT",
            "PREFERRING",
            "PRIOR",
            "RETURNING",
            "SAMPLE",
            "SEMI",
            "TABLESAMPLE",
            "UNPIVOT",
            "UUID");

    private final String text;
    private final List<Token> tokens;
    private final String hint;

    TokenText(String text, List<Token> tokens, String hint) {
        this.text = text;
        this.tokens = tokens;
        this.hint = hint;
    }

    String text() {
        return text;
    }

    /** The optimizer hint after the first word, or an empty text. */
    String hint() {
        return hint;
    }

    int size() {
        return tokens.size();
    }

    Token token(int i) {
        return tokens.get(i);
    }

    boolean isWord(int i, String word) {
        return i >= 0 && i < tokens.size() && tokens.get(i).isWord(word);
    }

    boolean isAnyWord(int i, String... words) {
        for (String word : words) {
            if (isWord(i, word)) {
                return true;
            }
        }
        return false;
    }

    boolean isSymbol(int i, String symbol) {
        return i >= 0 && i < tokens.size() && tokens.get(i).isSymbol(symbol);
    }

    /** Whether the words stand one after the other from {@code i} on. */
    boolean areWords(int i, String... words) {
        for (int k = 0; k < words.length; k++) {
            if (!isWord(i + k, words[k])) {
                return false;
            }
        }
        return true;
    }

    /** The word at {@code i} in capitals; empty where there is none. */
    String word(int i) {
        return i < tokens.size() && tokens.get(i).kind() == Token.Kind.WORD
                ? tokens.get(i).value().toUpperCase(Locale.ROOT)
                : "";
    }

    /** The first of the words outside parentheses in {@code [from, to)}, or {@code to}. */
    int find(int from, int to, String... words) {
        int depth = 0;
        for (int i = from; i < to; i++) {
            if (isSymbol(i, "(")) {
                depth++;
            } else if (isSymbol(i, ")")) {
                depth--;
            } else if (depth == 0 && isAnyWord(i, words)) {
                return i;
            }
        }
        return to;
    }

    /** The first such symbol outside parentheses in {@code [from, to)}, or {@code to}. */
    int findSymbol(int from, int to, String symbol) {
        int depth = 0;
        for (int i = from; i < to; i++) {
            if (depth == 0 && isSymbol(i, symbol)) {
                return i;
            }
            depth += isSymbol(i, "(") ? 1 : isSymbol(i, ")") ? -1 : 0;
        }
        return to;
    }

    /** The place after the parenthesis that closes the one at {@code open}. */
    int afterGroup(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += isSymbol(i, "(") ? 1 : isSymbol(i, ")") ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return tokens.size();
    }

    /** How often the word stands in {@code [from, to)}, inside parentheses too. */
    int count(int from, int to, String word) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += isWord(i, word) ? 1 : 0;
        }
        return count;
    }

    boolean contains(int from, int to, String word) {
        return count(from, to, word) > 0;
    }

    /** Number of parameters in the whole text. */
    int parameters() {
        return (int) tokens.stream()
                .filter(token -> token.kind() == Token.Kind.PARAMETER)
                .count();
    }

    /** The original's characters from the first to the last of the tokens {@code [from, to)}. */
    String slice(int from, int to) {
        return from >= to
                ? ""
                : text.substring(tokens.get(from).start(), tokens.get(to - 1).end());
    }

    /** The original up to the last of the tokens before {@code to}, its first comments included. */
    String head(int to) {
        return to == 0 ? "" : text.substring(0, tokens.get(to - 1).end());
    }

    /** What the tokens {@code [from, to)} give as one value. */
    ValueSource value(int from, int to) {
        if (to - from == 2 && (isSymbol(from, "-") || isSymbol(from, "+"))) {
            ValueSource value = value(from + 1, to);
            return value instanceof ValueSource.Numeric number
                    ? new ValueSource.Numeric(
                            isSymbol(from, "-") ? number.value().negate() : number.value())
                    : new ValueSource.Expression();
        }
        return to - from == 1 ? Literals.of(tokens.get(from)) : new ValueSource.Expression();
    }

    /**
     * The tokens {@code [from, to)} in a form that JSqlParser reads as MySQL does: without comments, index hints,
     * partitions and locking clauses; each literal that is not a number as {@code 's<token>'}; parameters numbered.
     */
    String forParser(int from, int to) {
        StringBuilder out = new StringBuilder();
        int i = from;
        while (i < to) {
            int next = skipped(i, to);
            if (next > i) {
                i = next;
                continue;
            }
            Token token = tokens.get(i);
            boolean afterDot = i > from && isSymbol(i - 1, ".");
            if (!token.isSymbol(".") && !afterDot) {
                out.append(' ');
            }
            out.append(parserForm(i, token));
            i++;
        }
        return out.append(' ').toString();
    }

    private String parserForm(int i, Token token) {
        return switch (token.kind()) {
            case TEXT, BYTES, OPAQUE -> "'s" + i + "'";
            case PARAMETER -> "?" + token.value();
            case NAME -> "`" + token.value() + "`";
            case WORD -> wordForm(i, token);
            case NUMBER -> token.value().startsWith(".") ? "0" + token.value() : token.value();
            case VARIABLE -> "@x";
            case SYMBOL ->
                switch (token.value()) {
                    // Operators of conditions to MySQL, of texts to JSqlParser: x = 1 AND a || b would bind x.
                    case "||" -> "OR";
                    case "&&" -> "AND";
                    default -> token.value();
                };
        };
    }

    private String wordForm(int i, Token token) {
        String word = token.value();
        if (word.chars().anyMatch(c -> c == '$' || c >= 0x80)) {
            return "`" + word + "`"; // $$ begins a text to JSqlParser
        }
        if (NAMES_TO_MYSQL.contains(word(i)) && !isSymbol(i + 1, "(")) {
            return "`" + word + "`";
        }
        if (token.isWord("MOD") && !isSymbol(i + 1, "(")) {
            return "%";
        }
        if (token.isWord("DEFAULT") && !isSymbol(i + 1, "(")) {
            return "NULL";
        }
        return word;
    }

    /** The place after what the parser does not get, or {@code i}. */
    private int skipped(int i, int to) {
        if (tokens.get(i).kind() != Token.Kind.WORD) {
            return i;
        }
        if (SELECT_OPTIONS.contains(word(i)) && isAfterSelect(i)) {
            return i + 1;
        }
        if (isWord(i, "PARTITION") && isSymbol(i + 1, "(")) {
            return afterGroup(i + 1);
        }
        if (isWord(i, "ROW") && isSymbol(i + 1, "(")) {
            return i + 1; // (a, b) is the same
        }
        if (isWord(i, "BINARY") && !isSymbol(i + 1, ")") && !isAnyWord(i - 1, "AS", "USING", "CHAR")) {
            return i + 1; // the operator: equal as bytes is equal, so what its operand is bound to still holds
        }
        if (isAnyWord(i, "USE", "FORCE", "IGNORE") && isAnyWord(i + 1, "INDEX", "KEY")) {
            int open = findSymbol(i, to, "(");
            return open < to ? afterGroup(open) : i;
        }
        return isLockingClause(i) ? afterLockingClause(i, to) : i;
    }

    private boolean isAfterSelect(int i) {
        return isAnyWord(i - 1, "SELECT", "DISTINCT", "ALL", "STRAIGHT_JOIN")
                || (i > 0 && SELECT_OPTIONS.contains(word(i - 1)));
    }

    boolean isLockingClause(int i) {
        return (isWord(i, "FOR") && isAnyWord(i + 1, "UPDATE", "SHARE")) || areWords(i, "LOCK", "IN", "SHARE", "MODE");
    }

    /** The place after the locking clause that begins at {@code i}. */
    int afterLockingClause(int i, int to) {
        if (isWord(i, "LOCK")) {
            return i + 4;
        }
        int end = i + 2;
        if (isWord(end, "OF")) {
            end += 2;
            while (end < to && (isSymbol(end, ",") || isSymbol(end, "."))) {
                end += 2;
            }
        }
        if (isWord(end, "NOWAIT")) {
            return end + 1;
        }
        return areWords(end, "SKIP", "LOCKED") ? end + 2 : Math.min(end, to);
    }
}
