package io.shardshift.agent.sql;

import java.util.Optional;

/** Finds tables' names among tokens. Stateless. */
final class TableNames {

    private TableNames() {}

    /** A name, its schema, and the place after it. */
    record Named(Optional<String> schema, String name, int next) {}

    /** The name at {@code i}, which must end before {@code to}. */
    static Named at(TokenText text, int i, int to) throws RefusedException {
        if (i >= to || !text.token(i).isName()) {
            throw QueryAnalysis.notUnderstood("A table's name is expected");
        }
        String first = text.token(i).value();
        if (text.isSymbol(i + 1, ".") && i + 2 < to && text.token(i + 2).isName()) {
            return new Named(Optional.of(first), text.token(i + 2).value(), i + 3);
        }
        return new Named(Optional.empty(), first, i + 1);
    }
}
