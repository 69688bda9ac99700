package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Parameter;
import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.KeyCondition;
import io.shardshift.agent.sql.Rewritten;
import io.shardshift.agent.sql.RowChange;
import io.shardshift.agent.sql.RowLock;
import io.shardshift.agent.sql.Update;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.Route;
import io.shardshift.shard.Column;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs row statements inside a fenced transaction and collects the keys of the rows that were found present and locked, or
 * inserted (protocol, step 2). Keys merely named by a statement are not collected: an absent key is not locked [5].
 */
final class RowStatements {
    /** More keys in one statement than the protocol admits are refused before anything changes. */
    private static final int MAX_KEYS = WritingTransaction.MAX_TOUCHED;

    private final Lease lease;
    private final WritingTransaction transaction;
    private final IntFunction<@Nullable Route> routes;
    private final StatementCall call;
    private final Lease.Statements statements;

    /** @param routes the route of a moving slot as this transaction holds it, null for a slot that stays */
    RowStatements(
            Lease lease,
            WritingTransaction transaction,
            IntFunction<@Nullable Route> routes,
            StatementCall call,
            Lease.Statements statements) {
        this.lease = lease;
        this.transaction = transaction;
        this.routes = routes;
        this.call = call;
        this.statements = statements;
    }

    /** Runs the statement as it is. */
    Outcome asItIs() throws SQLException {
        PreparedStatement statement = statements.prepare(lease, call.sql(), call.generatedKeys());
        for (int i = 0; i < call.parameters().size(); i++) {
            call.parameters().get(i).setter().set(statement, i + 1);
        }
        return run(statement);
    }

    private Outcome run(PreparedStatement statement) throws SQLException {
        call.settings().apply(statement);
        boolean rows = statement.execute();
        return new Outcome(statement, rows ? -1 : statement.getLargeUpdateCount());
    }

    Outcome change(RowChange change, ShardedTable table) throws SQLException, TransactionFailed {
        if (change instanceof Update update && (update.changesShardKey() || update.changesPrimaryKey())) {
            throw AgentErrors.refused(
                    "it changes a column of the " + (update.changesShardKey() ? "shard" : "primary")
                            + " key while rows move",
                    call.sql());
        }
        Optional<KeyCondition> full = change.fullKey();
        if (full.isPresent()) {
            Optional<PrimaryKey> key = BoundValues.primaryKey(full.get(), call.parameters(), table);
            Optional<Integer> slot = onlySlot(change, table);
            if (key.isPresent() && slot.isPresent()) {
                transaction.executing();
                Outcome outcome = asItIs();
                if (outcome.updateCount() > 0) {
                    touched(slot.get(), table, key.get());
                }
                return outcome;
            }
        }
        return byCandidates(change, table);
    }

    private Optional<Integer> onlySlot(RowChange change, ShardedTable table) {
        if (change.shardKey() instanceof io.shardshift.agent.sql.ShardKeyCondition.Values values
                && values.alternatives().size() == 1) {
            return BoundValues.slot(values.alternatives().get(0), call.parameters(), table);
        }
        return Optional.empty();
    }

    /** Keys first, locked; then the statement with {@code AND pk IN (keys)}: it can only do less than it would. */
    private Outcome byCandidates(RowChange change, ShardedTable table) throws SQLException, TransactionFailed {
        transaction.executing();
        boolean readCommitted = lease.physical().getTransactionIsolation() == Connection.TRANSACTION_READ_COMMITTED;
        RowLock update = new RowLock(RowLock.Strength.UPDATE, RowLock.Wait.WAIT);
        List<Candidate> found =
                candidates(change.selectCandidates(readCommitted ? RowLock.NONE : update), List.of(), table);
        if (readCommitted && !found.isEmpty()) { // only candidates are locked, so it waits for no other row
            found = candidates(change.selectCandidatesAmong(found.size(), update), found, table);
        }
        if (found.isEmpty()) {
            return Outcome.count(0);
        }
        for (Candidate candidate : found) {
            touched(candidate.slot(), table, candidate.key()); // by the stored shard key [18]
        }
        PreparedStatement statement = prepare(change.restrictedTo(found.size()), found, table, false);
        return run(statement);
    }

    private record Candidate(PrimaryKey key, int slot) {}

    private List<Candidate> candidates(Rewritten query, List<Candidate> among, ShardedTable table) throws SQLException {
        int keyColumns = table.schema().primaryKey().size();
        List<Integer> extra = table.shardKey().stream()
                .filter(column -> !table.schema().primaryKey().contains(column))
                .toList();
        List<Candidate> found = new ArrayList<>();
        try (PreparedStatement statement = prepare(query, among, table, true)) {
            ResultSet result = statement.executeQuery();
            while (result.next()) {
                byte[][] key = new byte[keyColumns][];
                for (int i = 0; i < keyColumns; i++) {
                    key[i] = neutral(
                            result,
                            i + 1,
                            column(table, table.schema().primaryKey().get(i)));
                }
                List<byte[]> shardKey = new ArrayList<>();
                for (int column : table.shardKey()) {
                    int inKey = table.schema().primaryKey().indexOf(column);
                    int place = inKey >= 0 ? inKey + 1 : keyColumns + 1 + extra.indexOf(column);
                    shardKey.add(neutral(result, place, column(table, column)));
                }
                found.add(new Candidate(new PrimaryKey(key), table.slot(shardKey)));
                if (found.size() > MAX_KEYS) {
                    throw AgentErrors.refused("it would change more than " + MAX_KEYS + " rows that move", call.sql());
                }
            }
        }
        return found;
    }

    private static Column column(ShardedTable table, int index) {
        return table.schema().columns().get(index);
    }

    /** A key's value as the result set gives it, brought into neutral form. */
    private static byte[] neutral(ResultSet result, int place, Column column) throws SQLException {
        return switch (column.form()) {
            case NUMBER -> result.getBigDecimal(place).toPlainString().getBytes(StandardCharsets.US_ASCII);
            case TEXT -> result.getString(place).getBytes(column.javaCharset());
            case FLOAT, DOUBLE, TEMPORAL, TIMESTAMP -> result.getString(place).getBytes(StandardCharsets.US_ASCII);
            case BINARY, BIT, JSON, SPATIAL -> result.getBytes(place);
        };
    }

    Outcome insert(Insert insert, ShardedTable table) throws SQLException, TransactionFailed {
        if (insert.select().isPresent()) {
            throw AgentErrors.refused("INSERT ... SELECT while rows move", call.sql());
        }
        if (insert.changesShardKey() || insert.changesPrimaryKey()) {
            throw AgentErrors.refused("ON DUPLICATE KEY UPDATE assigns a key column while rows move", call.sql());
        }
        List<Optional<PrimaryKey>> keys = new ArrayList<>();
        int generated = 0;
        for (int row = 0; row < insert.rows().size(); row++) {
            Optional<PrimaryKey> key = isGenerated(insert, row)
                    ? Optional.empty()
                    : insert.primaryKey(row)
                            .flatMap(condition -> BoundValues.primaryKey(condition, call.parameters(), table));
            if (key.isEmpty() && !isGenerated(insert, row)) {
                throw AgentErrors.refused("a row's primary key is not a plain value while rows move", call.sql());
            }
            generated += key.isEmpty() ? 1 : 0;
            keys.add(key);
        }
        boolean upserts = insert.isReplace() || insert.hasOnDuplicate();
        if (upserts && (generated > 0 || insert.hasOtherUniqueKeys())) {
            throw AgentErrors.refused(
                    "REPLACE and ON DUPLICATE KEY UPDATE need the primary key in VALUES and no other unique key"
                            + " while rows move",
                    call.sql());
        }
        if (generated > 0 && generated < keys.size()) {
            throw AgentErrors.refused("some rows name the auto-increment key and some do not", call.sql());
        }
        transaction.executing();
        Outcome outcome;
        if (generated > 0) {
            StatementCall withKeys = new StatementCall(call.sql(), call.parameters(), true, call.settings());
            outcome = new RowStatements(lease, transaction, routes, withKeys, statements).asItIs();
            collectGenerated(insert, table, outcome);
        } else {
            outcome = asItIs();
            for (int row = 0; row < keys.size(); row++) {
                touched(slotOf(insert, row, table), table, keys.get(row).orElseThrow());
            }
        }
        return outcome;
    }

    private boolean isGenerated(Insert insert, int row) {
        return switch (insert.autoIncrement(row)) {
            case GENERATED ->
                insert.info().primaryKey().stream()
                        .anyMatch(insert.info().autoIncrement().orElse("")::equalsIgnoreCase);
            case BY_PARAMETER -> {
                ValueSource value =
                        insert.value(row, insert.info().autoIncrement().orElseThrow());
                Parameter parameter = call.parameters().get(((ValueSource.Parameter) value).index() - 1);
                yield parameter.value() == null || "0".equals(String.valueOf(parameter.value()));
            }
            case NO_COLUMN, NAMED, UNKNOWN -> false;
        };
    }

    private void collectGenerated(Insert insert, ShardedTable table, Outcome outcome)
            throws SQLException, TransactionFailed {
        if (outcome.statement() == null) {
            throw new IllegalStateException("an insert ran without a statement");
        }
        int auto = table.schema().indexOf(insert.info().autoIncrement().orElseThrow());
        // Connector/J builds a new result set at each call, so the application can still ask for its own.
        ResultSet generated = outcome.statement().getGeneratedKeys();
        int row = 0;
        while (generated.next()) {
            byte[] value = generated.getBigDecimal(1).toPlainString().getBytes(StandardCharsets.US_ASCII);
            byte[][] key = new byte[table.schema().primaryKey().size()][];
            for (int i = 0; i < key.length; i++) {
                int index = table.schema().primaryKey().get(i);
                key[i] = index == auto
                        ? value
                        : BoundValues.neutral(
                                        insert.value(row, column(table, index).name()),
                                        call.parameters(),
                                        column(table, index))
                                .orElseThrow(() -> AgentErrors.refused(
                                        "a key column beside the auto-increment one is not a plain value", call.sql()));
            }
            touched(slotOf(insert, row, table), table, new PrimaryKey(key));
            row++;
        }
        if (row != insert.rows().size()) {
            throw new IllegalStateException(
                    "MySQL generated " + row + " keys for " + insert.rows().size() + " rows");
        }
    }

    private int slotOf(Insert insert, int row, ShardedTable table) {
        if (!insert.info().isSharded()) {
            return 0;
        }
        return BoundValues.slot(insert.shardKey(row), call.parameters(), table)
                .orElseThrow(() -> new IllegalStateException("routed without a slot"));
    }

    private void touched(int slot, ShardedTable table, PrimaryKey key) throws TransactionFailed {
        Route route = routes.apply(slot);
        if (route != null) {
            transaction.touched(route, table, key);
        }
    }

    private PreparedStatement prepare(Rewritten text, List<Candidate> keys, ShardedTable table, boolean own)
            throws SQLException {
        PreparedStatement statement = own
                ? lease.physical().prepareStatement(text.sql())
                : statements.prepare(lease, text.sql(), call.generatedKeys());
        for (int i = 0; i < text.parameters().size(); i++) {
            Rewritten.Source source = text.parameters().get(i);
            if (source instanceof Rewritten.Source.Original original) {
                call.parameters().get(original.index() - 1).setter().set(statement, i + 1);
            } else if (source instanceof Rewritten.Source.Key key) {
                Column column = column(table, table.schema().primaryKey().get(key.column()));
                BoundValues.bind(
                        statement, i + 1, column, keys.get(key.key()).key().value(key.column()));
            }
        }
        return statement;
    }
}
