package io.shardshift.controller.copy;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.List;

/** Reads both rows of a collision, so that a person can decide between them [15]. */
final class CollisionReport {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final WorkContext context;
    private final MirroredPair pair;
    private final ShardedTable table;

    CollisionReport(WorkContext context, MirroredPair pair, ShardedTable table) {
        this.context = context;
        this.pair = pair;
        this.table = table;
    }

    Problem problem(RowsCollide collision, String work) {
        return Problem.of(
                        ErrorCode.TWO_OWNERS_COLLIDE,
                        "{} of {} from {} stopped: two rows with different owners have the same value of unique key {}."
                                + " Nothing of that chunk has changed.",
                        work,
                        table,
                        pair,
                        collision.uniqueKey())
                .because("{}", rows(collision))
                .remedy(
                        "change or delete one of the two rows through the application, then resume; or declare {} unique"
                                + " across shards only if it is",
                        table + "." + collision.uniqueKey());
    }

    private String rows(RowsCollide collision) {
        try (ShardSession target = open(pair.target());
                ShardSession source = open(pair.source())) {
            List<Row> inTheWay = target.readRows(table, List.of(collision.inTheWay()), RowLock.NONE);
            List<Row> ours = source.readByUniqueKey(table, collision.uniqueKey(), inTheWay, RowLock.NONE);
            return "on " + pair.source() + ": " + text(ours) + "; on " + pair.target() + ": " + text(inTheWay);
        } catch (ShardException e) {
            return collision.getMessage() + "; the rows could not be read: " + e.getMessage();
        }
    }

    private ShardSession open(ShardName shard) throws ShardException {
        return context.sessions().open(shard, Purpose.PLAIN, context.timing().deadlineIn(PATIENCE));
    }

    private String text(List<Row> rows) {
        return rows.isEmpty() ? "gone since" : RowText.row(table, rows.get(0));
    }
}
