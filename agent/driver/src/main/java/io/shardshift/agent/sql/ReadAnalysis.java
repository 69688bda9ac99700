package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import io.shardshift.agent.sql.RowLock.Strength;
import io.shardshift.agent.sql.RowLock.Wait;
import java.util.Optional;
import java.util.stream.IntStream;

/** Queries: SELECT, WITH ... SELECT, and the query of an INSERT. Stateless. */
final class ReadAnalysis {

    private ReadAnalysis() {}

    static Analysis of(TableCatalog catalog, TokenText text) throws RefusedException {
        Read read = query(catalog, text, 0, text.size());
        return read.tables().isEmpty() ? SessionAnalysis.selectWithoutTable(text) : read;
    }

    /** The query of the tokens {@code [from, to)}. */
    static Read query(TableCatalog catalog, TokenText text, int from, int to) throws RefusedException {
        refuseParts(text, from, to);
        int selects = text.count(from, to, "SELECT");
        QueryAnalysis.Result result = QueryAnalysis.of(catalog, text, text.forParser(from, to), selects);
        Optional<KeyCondition> pointRead = result.single() && !makesRows(text, from, to)
                ? result.only()
                        .flatMap(instance -> instance.table().info())
                        .flatMap(info -> result.key(info.primaryKey()))
                : Optional.empty();
        return new Read(text, from, to, result.tables(), lock(text, from, to), result.shardKey(), pointRead);
    }

    private static void refuseParts(TokenText text, int from, int to) throws RefusedException {
        for (int i = from; i < to; i++) {
            if (text.isWord(i, "INTO")) {
                throw new RefusedException(
                        Reason.INTO,
                        "SELECT ... INTO writes to a file or to variables of one connection",
                        "Read the rows and keep the values in the application");
            }
            if (text.isAnyWord(i, "TABLE", "VALUES") || text.areWords(i, "PROCEDURE", "ANALYSE")) {
                throw new RefusedException(
                        Reason.NOT_UNDERSTOOD, "TABLE and VALUES are not supported as queries", "Write SELECT");
            }
            if (text.isAnyWord(i, "INSERT", "UPDATE", "DELETE", "REPLACE")
                    && !text.isSymbol(i + 1, "(")
                    && !text.isWord(i - 1, "FOR")) {
                throw new RefusedException(
                        Reason.NOT_UNDERSTOOD,
                        "A write with common table expressions is not supported",
                        "Write the expression as a subquery, or read the keys first");
            }
        }
    }

    private static boolean makesRows(TokenText text, int from, int to) {
        return text.contains(from, to, "GROUP")
                || text.contains(from, to, "HAVING")
                || IntStream.range(from, to).anyMatch(i -> Functions.isCallOf(text, i, Functions.AGGREGATES));
    }

    /** The strongest lock anywhere in {@code [from, to)}. */
    static RowLock lock(TokenText text, int from, int to) {
        Strength strength = Strength.NONE;
        Wait wait = Wait.WAIT;
        for (int i = from; i < to; i++) {
            if (!text.isLockingClause(i)) {
                continue;
            }
            Strength here = text.isWord(i + 1, "UPDATE") ? Strength.UPDATE : Strength.SHARE;
            int last = text.afterLockingClause(i, to) - 1;
            if (here.compareTo(strength) > 0) {
                strength = here;
                wait = text.isWord(last, "NOWAIT")
                        ? Wait.NOWAIT
                        : text.isWord(last, "LOCKED") ? Wait.SKIP_LOCKED : Wait.WAIT;
            }
        }
        return new RowLock(strength, wait);
    }
}
