package io.shardshift.agent.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Puts a text together from slices of an original and new words, and keeps account of the markers. Not thread-safe. */
final class SqlBuilder {

    private final TokenText text;
    private final StringBuilder sql = new StringBuilder();
    private final List<Rewritten.Source> parameters = new ArrayList<>();

    private SqlBuilder(TokenText text) {
        this.text = text;
    }

    static SqlBuilder of(TokenText text) {
        return new SqlBuilder(text);
    }

    /** Words without markers. */
    SqlBuilder sql(String words) {
        sql.append(words);
        return this;
    }

    /** The original up to token {@code to}, comments before it included. */
    SqlBuilder head(int to) {
        sql.append(text.head(to));
        return markers(0, to);
    }

    /** The original's tokens {@code [from, to)} with what stands between them. */
    SqlBuilder slice(int from, int to) {
        sql.append(text.slice(from, to));
        return markers(from, to);
    }

    /** As {@link #slice}, with a space before it, or nothing. */
    SqlBuilder spaced(int from, int to) {
        return from < to ? sql(" ").slice(from, to) : this;
    }

    private SqlBuilder markers(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.token(i).kind() == Token.Kind.PARAMETER) {
                int index = Integer.parseInt(text.token(i).value());
                parameters.add(new Rewritten.Source.Original(index));
            }
        }
        return this;
    }

    /**
     * {@code a IN (?, ?)}, or for several columns {@code (a = ? AND b = ?) OR (...)}: MySQL may scan for row
     * constructors. In parentheses.
     */
    SqlBuilder keys(List<KeyColumn> columns, int count) {
        if (count < 1 || columns.isEmpty()) {
            throw new IllegalArgumentException("at least one key of at least one column");
        }
        sql.append('(');
        if (columns.size() == 1) {
            KeyColumn only = columns.get(0);
            sql.append(only.compared()).append(" IN (");
            sql.append((only.given() + ", ").repeat(count - 1))
                    .append(only.given())
                    .append(')');
        } else {
            String one = columns.stream()
                    .map(column -> column.compared() + " = " + column.given())
                    .collect(Collectors.joining(" AND ", "(", ")"));
            sql.append((one + " OR ").repeat(count - 1)).append(one);
        }
        sql.append(')');
        for (int key = 0; key < count; key++) {
            for (int column = 0; column < columns.size(); column++) {
                parameters.add(new Rewritten.Source.Key(key, column));
            }
        }
        return this;
    }

    Rewritten build() {
        return new Rewritten(sql.toString(), parameters);
    }
}
