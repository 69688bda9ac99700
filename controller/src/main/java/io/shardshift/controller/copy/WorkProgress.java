package io.shardshift.controller.copy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far copy or verification has come, as status shows it; null is "not known".
 *
 * @param rows rows copied or compared
 * @param rowsTotal estimate of all, exact for tables that are done
 * @param etaSeconds time left at the present rate
 * @param tables the same by table, over all pairs
 */
public record WorkProgress(
        long rows,
        @Nullable Long rowsTotal,
        @Nullable Long rowsPerSecond,
        @Nullable Long etaSeconds,
        long differences,
        long repaired,
        boolean done,
        Map<String, TableFigures> tables) {
    public WorkProgress {
        tables = Map.copyOf(tables);
    }

    /** One table over all pairs. */
    public record TableFigures(long rows, @Nullable Long rowsTotal, boolean done, long differences, long repaired) {
        TableFigures plus(TableProgress progress) {
            Long more = progress.rowsTotal();
            return new TableFigures(
                    rows + progress.rows(),
                    rowsTotal == null || more == null ? null : Long.valueOf(rowsTotal + more),
                    done && progress.done(),
                    differences + progress.differences(),
                    repaired + progress.repaired());
        }
    }
}
