package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.KeyCondition;
import io.shardshift.agent.sql.Rewritten;
import io.shardshift.agent.sql.RowChange;
import io.shardshift.agent.sql.RowLock;
import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.Update;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.shard.Column;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs row statements inside a fenced transaction and collects the keys of the rows that were found present and locked, or
 * inserted (protocol, step 2). Keys merely named by a statement are not collected: an absent key is not locked [5].
 */
final class RowStatements {
    /** More keys in one statement than the protocol admits are refused before anything changes. */
    private static final int MAX_KEYS = WritingTransaction.MAX_TOUCHED;

    private static final ShardSession.RowLock LOCK = ShardSession.RowLock.UPDATE;

    private final Lease lease;
    private final WritingTransaction transaction;
    private final IntFunction<@Nullable Route> routes;
    private final StatementCall call;
    private final Lease.Statements statements;
    private final boolean changes;
    private final boolean collectsUpsertedKeys;

    /** @param collectsUpsertedKeys whether the shard passed the self-test of {@link UpsertedKeys} */
    RowStatements(Current now, WritingTransaction transaction, RowWork work, boolean collectsUpsertedKeys) {
        this.lease = now.lease();
        this.transaction = transaction;
        this.routes = now::route;
        this.call = work.call();
        this.statements = work.statements();
        this.changes = work.changes();
        this.collectsUpsertedKeys = collectsUpsertedKeys;
    }

    StatementCall call() {
        return call;
    }

    Connection connection() {
        return lease.physical();
    }

    WritingTransaction transaction() {
        return transaction;
    }

    /** Runs the statement as it is. */
    Outcome asItIs() throws SQLException {
        return run(call.prepare(statements, lease, call.sql(), call.generatedKeys()));
    }

    /** Runs the statement as it is, and the server tells the keys that it generates. */
    Outcome withGeneratedKeys() throws SQLException {
        return run(call.withGeneratedKeys().prepare(statements, lease, call.sql(), true));
    }

    Lease.Statements statements() {
        return statements;
    }

    /** Runs a text made from the statement. */
    Outcome rewritten(Rewritten text, boolean generatedKeys, ShardedTable table) throws SQLException {
        PreparedStatement statement = statements.prepare(lease, text.sql(), generatedKeys, call.settings());
        return run(bind(statement, text, List.of(), table));
    }

    private Outcome run(PreparedStatement statement) throws SQLException {
        if (changes) {
            return StatementCall.update(statement);
        }
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
        if (change.shardKey() instanceof ShardKeyCondition.Values values
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
        Rewritten text = change.restrictedTo(found.size());
        PreparedStatement statement = statements.prepare(lease, text.sql(), call.generatedKeys(), call.settings());
        return run(bind(statement, text, found, table));
    }

    /** A row that a statement of ours found present and has locked; its slot may be {@link ShardFunction#NO_SLOT}. */
    record Candidate(PrimaryKey key, int slot) {}

    /** What the query finds; it reads the columns of the primary key, then further ones of the shard key, each exactly. */
    List<Candidate> candidates(Rewritten query, List<Candidate> among, ShardedTable table) throws SQLException {
        int keyColumns = table.schema().primaryKey().size();
        List<Integer> extra = table.shardKey().stream()
                .filter(column -> !table.schema().primaryKey().contains(column))
                .toList();
        List<Candidate> found = new ArrayList<>();
        try (PreparedStatement statement = lease.physical().prepareStatement(query.sql())) {
            ResultSet result = bind(statement, query, among, table).executeQuery();
            while (result.next()) {
                byte[][] key = new byte[keyColumns][];
                for (int i = 0; i < keyColumns; i++) {
                    key[i] = result.getBytes(i + 1);
                }
                List<byte[]> shardKey = new ArrayList<>();
                for (int column : table.shardKey()) {
                    int inKey = table.schema().primaryKey().indexOf(column);
                    int place = inKey >= 0 ? inKey + 1 : keyColumns + 1 + extra.indexOf(column);
                    byte[] value = result.getBytes(place);
                    if (value != null) { // NULL: the row is in no slot
                        shardKey.add(value);
                    }
                }
                boolean hasSlot = shardKey.size() == table.shardKey().size();
                found.add(new Candidate(new PrimaryKey(key), hasSlot ? table.slot(shardKey) : ShardFunction.NO_SLOT));
                if (found.size() > MAX_KEYS) {
                    throw AgentErrors.refused("it would change more than " + MAX_KEYS + " rows that move", call.sql());
                }
            }
        }
        return found;
    }

    /** The rows that meet one of the keys with the values that {@code row} has for them, locked. */
    List<Candidate> byUniqueKeys(List<TableSchema.UniqueKey> keys, Row row, ShardedTable table)
            throws TransactionFailed {
        Set<PrimaryKey> seen = new HashSet<>();
        List<Candidate> found = new ArrayList<>();
        for (TableSchema.UniqueKey key : keys) {
            try {
                for (Row met : lease.session().readByUniqueKey(table, key.name(), List.of(row), LOCK)) {
                    if (seen.add(table.key(met))) {
                        found.add(new Candidate(table.key(met), table.slot(met)));
                    }
                }
            } catch (ShardException e) {
                throw transaction.failed(e);
            }
        }
        return found;
    }

    /** Whether 0 for an AUTO_INCREMENT column makes the server generate the value, as it does by default. */
    boolean zeroGenerates() throws SQLException {
        return lease.zeroGenerates();
    }

    static Column column(ShardedTable table, int index) {
        return table.schema().columns().get(index);
    }

    Outcome insert(Insert insert, ShardedTable table) throws SQLException, TransactionFailed {
        return new InsertStatements(this, insert, table, collectsUpsertedKeys).run();
    }

    void touched(int slot, ShardedTable table, PrimaryKey key) throws TransactionFailed {
        Route route = routes.apply(slot);
        if (route != null) {
            transaction.touched(route, table, key);
        }
    }

    PreparedStatement bind(PreparedStatement statement, Rewritten text, List<Candidate> keys, ShardedTable table)
            throws SQLException {
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

    void deleteByKeys(List<Candidate> rows, ShardedTable table) throws SQLException {
        String one = "("
                + table.schema().primaryKey().stream()
                        .map(index -> column(table, index))
                        .map(column -> column.comparedSql(column.quoted()) + " = " + column.givenSql())
                        .collect(Collectors.joining(" AND "))
                + ")";
        String sql = "DELETE FROM " + Identifiers.quote(table.name()) + " WHERE "
                + String.join(" OR ", Collections.nCopies(rows.size(), one));
        try (PreparedStatement statement = lease.physical().prepareStatement(sql)) {
            int next = 1;
            for (Candidate row : rows) {
                for (int i = 0; i < row.key().columns(); i++) {
                    Column column = column(table, table.schema().primaryKey().get(i));
                    BoundValues.bind(statement, next++, column, row.key().value(i));
                }
            }
            statement.executeUpdate();
        }
    }

    void namedPerhaps(int slot, ShardedTable table, PrimaryKey key) {
        Route route = routes.apply(slot);
        if (route != null) {
            transaction.namedPerhaps(route, table, key);
        }
    }
}
