package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one SQL text into tokens by MySQL's rules in the default {@code sql_mode}: backslash escapes, {@code "x"} is a
 * text, {@code --} begins a comment only before white space, texts side by side are one. Linear in the text's length.
 *
 * <p>It is what makes a second statement visible: JSqlParser stops in silence at the semicolon. Not thread-safe; one
 * instance per text.
 */
final class Lexer {

    /** Deeper nesting is refused: parsers recurse, and their stacks belong to the application. */
    private static final int MAX_DEPTH = 40;

    private static final Set<String> CHARSETS =
            Functions.words("_armscii8 _ascii _big5 _binary _cp1250 _cp1251 _cp1256 _cp1257 _cp850 _cp852"
                    + " _cp866 _cp932 _dec8 _eucjpms _euckr _gb18030 _gb2312 _gbk _geostd8 _greek"
                    + " _hebrew _hp8 _keybcs2 _koi8r _koi8u _latin1 _latin2 _latin5 _latin7 _macce"
                    + " _macroman _sjis _swe7 _tis620 _ucs2 _ujis _utf16 _utf16le _utf32 _utf8 _utf8mb3"
                    + " _utf8mb4");

    private static final String[] SYMBOLS = {
        "->>", "<=>", ":=", "->", "<=", ">=", "<>", "!=", "<<", ">>", "||", "&&", "(", ")", ",", ".", "=", "<", ">",
        "+", "-", "*", "/", "%", "&", "|", "^", "~", "!"
    };

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int lastEnd = -1;
    private int parameters;
    private int depth;
    private boolean ended;
    private String hint = "";
    private @Nullable Problem problem;

    private Lexer(String text) {
        this.text = text;
    }

    /** Why a text has no tokens. */
    record Problem(Reason reason, String why) {}

    /**
     * What became of the text: its tokens without a last semicolon, the optimizer hint after its first word or an empty
     * text, and the first problem; tokens before the problem are there.
     */
    record Result(List<Token> tokens, String hint, Optional<Problem> problem) {}

    static Result cut(String text) {
        Lexer lexer = new Lexer(text);
        while (lexer.problem == null && lexer.at < text.length()) {
            lexer.next();
        }
        if (lexer.problem == null && lexer.depth != 0) {
            lexer.fail(Reason.MALFORMED, "A parenthesis is not closed");
        }
        return new Result(List.copyOf(lexer.tokens), lexer.hint, Optional.ofNullable(lexer.problem));
    }

    private void fail(Reason reason, String why) {
        problem = new Problem(reason, why);
    }

    private char peek(int offset) {
        return at + offset < text.length() ? text.charAt(at + offset) : '\0';
    }

    private void next() {
        char c = text.charAt(at);
        if (isSpace(c)) {
            at++;
        } else if (c == '#' || (c == '-' && peek(1) == '-' && (at + 2 >= text.length() || peek(2) <= ' '))) {
            int line = text.indexOf('\n', at);
            at = line < 0 ? text.length() : line + 1;
        } else if (c == '/' && peek(1) == '*') {
            comment();
        } else if (c == ';') {
            ended = true;
            at++;
        } else if (ended) {
            fail(Reason.MULTIPLE_STATEMENTS, "The text holds more than one statement");
        } else {
            token(c);
        }
    }

    private void comment() {
        if (peek(2) == '!') {
            fail(Reason.EXECUTABLE_COMMENT, "A comment that begins with /*! is code to MySQL");
            return;
        }
        int close = text.indexOf("*/", at + 2);
        if (close < 0) {
            fail(Reason.MALFORMED, "A comment is not closed");
            return;
        }
        String comment = text.substring(at, close + 2);
        if (comment.startsWith("/*+")) {
            if (comment.toUpperCase(Locale.ROOT).contains("SET_VAR")) {
                fail(Reason.SESSION_VARIABLE, "The hint SET_VAR changes how the statement runs");
                return;
            }
            if (tokens.size() == 1) {
                hint = comment;
            }
        }
        at = close + 2;
    }

    private void token(char c) {
        if (c == '\'' || c == '"') {
            quotedText(c);
        } else if (c == '`') {
            quotedName();
        } else if (c == '?') {
            parameters++;
            add(Token.Kind.PARAMETER, at + 1, Integer.toString(parameters));
        } else if (c == '@') {
            variable();
        } else if (isWordChar(c)) {
            word();
        } else if (c == '.' && isDigit(peek(1)) && !isNameBefore()) {
            number(at);
        } else {
            symbol();
        }
    }

    private void add(Token.Kind kind, int end, String value) {
        tokens.add(new Token(kind, at, end, value, at == lastEnd));
        at = end;
        lastEnd = end;
    }

    private void quotedText(char quote) {
        StringBuilder value = new StringBuilder();
        int i = at + 1;
        while (true) {
            if (i >= text.length()) {
                fail(Reason.MALFORMED, "A quote is not closed");
                return;
            }
            char c = text.charAt(i);
            if (c == quote) {
                if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
                    value.append(quote);
                    i += 2;
                    continue;
                }
                break;
            }
            if (c == '\\' && i + 1 < text.length()) {
                value.append(unescaped(text.charAt(i + 1)));
                i += 2;
            } else {
                value.append(c);
                i++;
            }
        }
        addText(value.toString(), i + 1);
    }

    /** Adds a text, or makes one of it and the text, character set or letter before. */
    private void addText(String value, int end) {
        Token before = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
        if (before != null && (before.kind() == Token.Kind.TEXT || before.kind() == Token.Kind.OPAQUE)) {
            replaceLast(before.kind(), before.value() + value, end);
        } else if (before != null && isIntroducer(before)) {
            replaceLast(Token.Kind.OPAQUE, value, end);
        } else if (before != null && before.isWord("N") && before.end() == at) {
            replaceLast(Token.Kind.TEXT, value, end);
        } else if (before != null && (before.isWord("x") || before.isWord("b")) && before.end() == at) {
            boolean hex = before.isWord("x");
            if (!value.matches(hex ? "([0-9a-fA-F]{2})*" : "[01]*")) {
                fail(Reason.MALFORMED, "A hexadecimal or binary literal is malformed");
                return;
            }
            replaceLast(Token.Kind.BYTES, hex ? value : hexOfBits(value), end);
        } else {
            add(Token.Kind.TEXT, end, value);
        }
    }

    private static boolean isIntroducer(Token token) {
        return token.kind() == Token.Kind.WORD
                && CHARSETS.contains(token.value().toLowerCase(Locale.ROOT));
    }

    private void replaceLast(Token.Kind kind, String value, int end) {
        Token before = tokens.remove(tokens.size() - 1);
        tokens.add(new Token(kind, before.start(), end, value, before.glued()));
        at = end;
        lastEnd = end;
        // N'..', x'..' and b'..' after a character set take its opaqueness.
        int previous = tokens.size() - 2;
        if (previous >= 0 && isIntroducer(tokens.get(previous))) {
            Token literal = tokens.remove(previous + 1);
            Token charset = tokens.remove(previous);
            tokens.add(new Token(Token.Kind.OPAQUE, charset.start(), literal.end(), "", charset.glued()));
        }
    }

    private static String hexOfBits(String bits) {
        String whole = "0".repeat((8 - bits.length() % 8) % 8) + bits;
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < whole.length(); i += 4) {
            hex.append(Integer.toHexString(Integer.parseInt(whole.substring(i, i + 4), 2)));
        }
        return hex.toString();
    }

    private static String unescaped(char c) {
        return switch (c) {
            case '0' -> "\0";
            case 'b' -> "\b";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'Z' -> "\u001a";
            case '%' -> "\\%";
            case '_' -> "\\_";
            default -> String.valueOf(c);
        };
    }

    private void quotedName() {
        int close = text.indexOf('`', at + 1);
        if (close < 0) {
            fail(Reason.MALFORMED, "A backquote is not closed");
        } else if (close + 1 < text.length() && text.charAt(close + 1) == '`') {
            fail(Reason.NOT_UNDERSTOOD, "Names that hold a backquote are not supported");
        } else {
            add(Token.Kind.NAME, close + 1, text.substring(at + 1, close));
        }
    }

    private void variable() {
        int i = at + 1;
        if (peek(1) == '@') {
            i++;
        }
        if (i < text.length() && "'\"`".indexOf(text.charAt(i)) >= 0) {
            int close = text.indexOf(text.charAt(i), i + 1);
            if (close < 0 || text.substring(i, close).indexOf('\\') >= 0) {
                fail(Reason.MALFORMED, "The quoted name of a variable is not closed, or has a backslash");
                return;
            }
            if (i > at + 1) { // @@`x` is the server's x, whatever the quotes
                fail(Reason.SESSION_VARIABLE, "The name of a variable of the server stands in quotes");
                return;
            }
            add(Token.Kind.VARIABLE, close + 1, "@quoted");
            return;
        }
        while (i < text.length() && (isWordChar(text.charAt(i)) || text.charAt(i) == '.')) {
            i++;
        }
        add(Token.Kind.VARIABLE, i, text.substring(at, i));
    }

    private boolean isNameBefore() {
        return at == lastEnd
                && !tokens.isEmpty()
                && tokens.get(tokens.size() - 1).isName();
    }

    private boolean isAfterDot() {
        return at == lastEnd
                && !tokens.isEmpty()
                && tokens.get(tokens.size() - 1).isSymbol(".");
    }

    private void word() {
        if (isDigit(text.charAt(at)) && !isAfterDot() && number(at)) {
            return;
        }
        int i = at;
        while (i < text.length() && isWordChar(text.charAt(i))) {
            i++;
        }
        boolean dotBefore = !tokens.isEmpty() && tokens.get(tokens.size() - 1).isSymbol(".");
        add(dotBefore ? Token.Kind.NAME : Token.Kind.WORD, i, text.substring(at, i));
    }

    /** Adds a number that begins at {@code from}; false, and nothing added, if a name begins there. */
    private boolean number(int from) {
        int i = from;
        if (text.charAt(i) == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            boolean hex = peek(1) == 'x';
            int j = i + 2;
            while (j < text.length() && Character.digit(text.charAt(j), hex ? 16 : 2) >= 0 && text.charAt(j) < 0x80) {
                j++;
            }
            if (j > i + 2 && (j == text.length() || !isWordChar(text.charAt(j)))) {
                String digits = text.substring(i + 2, j);
                add(Token.Kind.BYTES, j, hex ? (digits.length() % 2 == 0 ? digits : "0" + digits) : hexOfBits(digits));
                return true;
            }
            return false;
        }
        i = digitsFrom(i);
        boolean fraction = i < text.length() && text.charAt(i) == '.';
        if (fraction) {
            i = digitsFrom(i + 1);
        }
        if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            int j = i + 1;
            if (j < text.length() && (text.charAt(j) == '+' || text.charAt(j) == '-')) {
                j++;
            }
            int k = digitsFrom(j);
            if (k > j) {
                i = k;
            }
        }
        if (!fraction && i < text.length() && isWordChar(text.charAt(i))) {
            return false;
        }
        add(Token.Kind.NUMBER, i, text.substring(at, i));
        return true;
    }

    private int digitsFrom(int from) {
        int i = from;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private void symbol() {
        for (String symbol : SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                depth += symbol.equals("(") ? 1 : symbol.equals(")") ? -1 : 0;
                if (depth < 0) {
                    fail(Reason.MALFORMED, "A parenthesis is closed that was not opened");
                } else if (depth > MAX_DEPTH) {
                    fail(Reason.TOO_COMPLEX, "Parentheses are nested deeper than " + MAX_DEPTH);
                } else {
                    add(Token.Kind.SYMBOL, at + symbol.length(), symbol);
                }
                return;
            }
        }
        fail(Reason.MALFORMED, "A character that has no meaning here (JDBC escapes in braces are not supported)");
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** MySQL lets a name hold any character beyond ASCII. */
    private static boolean isWordChar(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80;
    }
}
