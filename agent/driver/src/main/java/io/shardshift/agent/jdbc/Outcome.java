package io.shardshift.agent.jdbc;

import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What an execution brought.
 *
 * @param statement the physical statement that holds results, warnings and generated keys; null when nothing had to be run
 * @param updateCount rows; -1 when there is a result set
 */
record Outcome(@Nullable Statement statement, long updateCount) {
    static Outcome count(long rows) {
        return new Outcome(null, rows);
    }
}
