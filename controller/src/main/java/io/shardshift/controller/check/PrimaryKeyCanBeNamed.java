package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.util.Set;

/**
 * Fails under {@code backfill: stream} for a primary key that Debezium does not name exactly: TIME, YEAR and BIT are
 * other values to it than to MySQL, and texts are read by Java's tables of their character set.
 */
final class PrimaryKeyCanBeNamed extends ColumnCheck {
    private static final Set<String> EXACT = Set.of("ascii", "utf8", "utf8mb3", "utf8mb4", "");

    private static final Set<String> READ_OTHERWISE = Set.of("bit", "time", "year");

    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (!context.namesRows() || !column.inPrimaryKey()) {
            return;
        }
        boolean otherwise = READ_OTHERWISE.contains(column.type());
        String charset = column.collation().split("_", 2)[0];
        if (otherwise || !EXACT.contains(charset)) {
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.PRIMARY_KEY_NOT_NAMED,
                                    "{} of {} is {}{} and in the primary key, by which backfill: stream cannot name rows exactly",
                                    column,
                                    source,
                                    column.fullType(),
                                    otherwise ? "" : " in " + charset)
                            .remedy("in the plan: backfill: copy"));
        }
    }
}
