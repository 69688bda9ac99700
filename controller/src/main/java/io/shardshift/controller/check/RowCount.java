package io.shardshift.controller.check;

import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.Optional;

/** How many rows of a table meet a condition, as far as it could be counted in its time: unknown is never none. */
final class RowCount {
    /** More are not counted. */
    private static final int MOST = 1_000;

    private final Optional<Long> rows;

    private RowCount(Optional<Long> rows) {
        this.rows = rows;
    }

    static RowCount of(ShardView shard, String quotedTable, String condition) throws SQLException {
        return new RowCount(shard.bounded("SELECT COUNT(*) FROM (SELECT 1 FROM " + quotedTable + " WHERE " + condition
                + " LIMIT " + MOST + ") AS some_rows"));
    }

    boolean isNone() {
        return rows.isPresent() && rows.get() == 0;
    }

    /** A failure for rows that were seen; a warning where counting took too long. */
    void report(Findings findings, Object subject, Problem problem) {
        if (rows.isEmpty()) {
            findings.warn(subject, problem.because("counting took too long and was given up"));
        } else if (!isNone()) {
            findings.fail(subject, problem);
        }
    }

    @Override
    public String toString() {
        return rows.map(count -> count < MOST ? count + " rows" : MOST + " rows or more")
                .orElse("an unknown number of rows");
    }
}
