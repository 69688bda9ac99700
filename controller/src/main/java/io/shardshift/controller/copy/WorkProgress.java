package io.shardshift.controller.copy;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far copy or verification has come, as status shows it; null is "not known".
 *
 * @param rows rows copied or compared
 * @param rowsTotal estimate of all, exact for tables that are done
 * @param rowsPerSecond of the last seconds; null where it does not run here
 * @param averageRowsPerSecond over all the time that it has run, under whichever controller
 * @param etaSeconds time left at the present rate
 * @param tables the same by table, over all pairs
 */
public record WorkProgress(
        long rows,
        @Nullable Long rowsTotal,
        @Nullable Long rowsPerSecond,
        @Nullable Long averageRowsPerSecond,
        @Nullable Long etaSeconds,
        long differences,
        long repaired,
        boolean done,
        Map<String, TableFigures> tables) {
    public WorkProgress {
        tables = Map.copyOf(tables);
    }

    /** The sum of {@code all}: each table on each pair once. */
    public static WorkProgress of(Collection<TableProgress> all, boolean done, @Nullable Long rowsPerSecond) {
        Map<String, TableFigures> tables = new TreeMap<>();
        TableFigures sum = TableFigures.NONE;
        long workedMillis = 0;
        for (TableProgress progress : all) {
            tables.merge(progress.table(), TableFigures.NONE.plus(progress), (before, one) -> before.plus(progress));
            sum = sum.plus(progress);
            Long worked = progress.workedMillis();
            workedMillis = Math.max(workedMillis, worked == null ? 0 : worked);
        }
        Long average = workedMillis == 0 ? null : Long.valueOf(Math.round(sum.rows * 1_000.0 / workedMillis));
        return new WorkProgress(
                sum.rows,
                sum.rowsTotal,
                rowsPerSecond,
                average,
                done ? Long.valueOf(0) : etaSeconds(sum, rowsPerSecond),
                sum.differences,
                sum.repaired,
                done,
                tables);
    }

    private static @Nullable Long etaSeconds(TableFigures sum, @Nullable Long rate) {
        Long total = sum.rowsTotal;
        return total == null || rate == null || rate == 0 ? null : Long.valueOf((total - sum.rows + rate - 1) / rate);
    }

    /** One table over all pairs. */
    public record TableFigures(long rows, @Nullable Long rowsTotal, boolean done, long differences, long repaired) {
        static final TableFigures NONE = new TableFigures(0, 0L, true, 0, 0);

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
