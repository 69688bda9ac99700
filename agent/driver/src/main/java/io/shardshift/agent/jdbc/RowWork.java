package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement on rows with its values: what it can meet, and how it runs inside a transaction that mirrors.
 *
 * @param meetsOtherSlots whether it can meet rows by a unique key that does not hold the shard key
 * @param changesShardKey whether it assigns a column of the shard key: the row may then belong to another shard
 * @param bound the sharding key that the connection is bound to
 * @param mirrored null for a statement that changes no row
 */
record RowWork(
        StatementCall call,
        Lease.Statements statements,
        ShardKeyCondition shardKey,
        List<ShardedTable> tables,
        boolean meetsOtherSlots,
        boolean changesShardKey,
        @Nullable SubKeys bound,
        @Nullable Mirrored mirrored) {

    /** Runs the statement and collects the rows that it met. */
    @FunctionalInterface
    interface Mirrored {
        Outcome run(RowStatements statements) throws SQLException, TransactionFailed;
    }

    boolean changes() {
        return mirrored != null;
    }

    /** The same, of a statement that assigns a column of the shard key. */
    RowWork changingShardKey() {
        return new RowWork(call, statements, shardKey, tables, meetsOtherSlots, true, bound, mirrored);
    }

    /**
     * Throws 0A000 for a shard key that is not in the form which the keyspace declares or not the one that the connection
     * is bound to, and for a change of a row's shard key unless every slot is and stays where the row is.
     */
    Placement place(RouteSnapshot snapshot, Map<GroupId, Route> overrides) throws SQLException {
        if (snapshot.table().keyspace().shardKeyForm() == ShardKeyForm.ASCII_LOWER) {
            ShardKeyForms.requireAsciiLower(shardKey, tables, call); // [18]
        }
        if (bound != null) {
            bound.requireNoOther(shardKey, tables, call);
        }
        if (changesShardKey
                && (bound != null || snapshot.isMigrating() || snapshot.index().onlyOwner() == null)) {
            throw AgentErrors.refused(
                    "it changes a column of the shard key, and the row may then belong to another shard", call.sql());
        }
        return Placement.of(snapshot, shardKey, tables, call.parameters(), overrides);
    }
}
