package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.RowStatements.Candidate;
import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.Rewritten;
import io.shardshift.agent.sql.RowLock;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema.UniqueKey;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * INSERT, INSERT ... ON DUPLICATE KEY UPDATE and REPLACE inside a fenced transaction that mirrors [17]:
 *
 * <pre>
 * keys in VALUES                        runs as it is; the keys are those
 * generated keys                        runs as it is; the server tells them
 * ON DUPLICATE KEY UPDATE, other keys   as it is, with one assignment put first that collects what it met
 * the same, generated keys              the same, row by row
 * INSERT ... SELECT                     {@link SelectedRows}
 * REPLACE, other unique keys            DELETE of what is in the way, INSERT, until nothing is in the way
 * </pre>
 */
final class InsertStatements {
    private static final int ER_DUP_ENTRY = 1062;

    /** Each round removes a row that another session had just put in the way; more is a quarrel without end. */
    private static final int MAX_ROUNDS = 20;

    private final RowStatements statements;
    private final StatementCall call;
    private final Insert insert;
    private final ShardedTable table;
    private final boolean collectsUpsertedKeys;
    private @Nullable GivenValues given;

    InsertStatements(RowStatements statements, Insert insert, ShardedTable table, boolean collectsUpsertedKeys) {
        this.statements = statements;
        this.call = statements.call();
        this.insert = insert;
        this.table = table;
        this.collectsUpsertedKeys = collectsUpsertedKeys;
    }

    Outcome run() throws SQLException, TransactionFailed {
        if (insert.select().isPresent()) {
            if (!collectsUpsertedKeys) {
                throw refused("INSERT ... SELECT while rows move needs temporary tables");
            }
            return new SelectedRows(statements, insert, table).insert();
        }
        if (insert.changesShardKey() || insert.changesPrimaryKey()) {
            throw refused("ON DUPLICATE KEY UPDATE assigns a key column while rows move");
        }
        given = GivenValues.of(statements, insert, table, replacesByOthers() ? uniqueColumns() : primaryKey()); // [18]
        List<Optional<PrimaryKey>> keys = new ArrayList<>(); // empty: the server generates it
        boolean generated = false;
        for (int row = 0; row < insert.rows().size(); row++) {
            boolean byServer = isGenerated(row);
            Optional<PrimaryKey> key = byServer ? Optional.empty() : given.primaryKey(row);
            if (!byServer && key.isEmpty()) {
                throw refused("a row's primary key is not a plain value while rows move");
            }
            if (row > 0 && byServer != generated) {
                throw refused("some rows name the auto-increment key and some do not");
            }
            generated = byServer;
            slot(row);
            if (byServer) {
                generatedKey(row, new byte[0]); // its other columns must be plain values, before anything changes
            }
            keys.add(key);
        }
        boolean others = generated || insert.hasOtherUniqueKeys();
        if (insert.isReplace() && others) {
            return replace(keys);
        }
        if (insert.hasOnDuplicate() && others) {
            return upsert(keys, generated);
        }
        return plain(keys, generated);
    }

    private List<Integer> primaryKey() {
        return table.schema().primaryKey();
    }

    private Set<Integer> uniqueColumns() {
        Set<Integer> columns = new LinkedHashSet<>();
        table.schema().uniqueKeys().forEach(key -> columns.addAll(key.columns()));
        return columns;
    }

    private boolean replacesByOthers() {
        return insert.isReplace() && (insert.hasOtherUniqueKeys() || autoColumn() >= 0);
    }

    /** The AUTO_INCREMENT column, if it is in the primary key, else -1. */
    private int autoColumn() {
        int auto = insert.info().autoIncrement().map(table.schema()::indexOf).orElse(-1);
        return primaryKey().contains(auto) ? auto : -1;
    }

    private Outcome plain(List<Optional<PrimaryKey>> keys, boolean generated) throws SQLException, TransactionFailed {
        statements.transaction().executing();
        Outcome outcome = generated ? statements.withGeneratedKeys() : statements.asItIs();
        if (generated) {
            collectGenerated(outcome, 0, keys.size());
        }
        for (int row = 0; row < keys.size(); row++) { // all are in place: the analysis refuses INSERT IGNORE
            if (keys.get(row).isPresent()) {
                statements.touched(slot(row), table, keys.get(row).get());
            }
        }
        return outcome;
    }

    private Outcome upsert(List<Optional<PrimaryKey>> keys, boolean generated) throws SQLException, TransactionFailed {
        Optional<String> assignment = collectsUpsertedKeys ? UpsertedKeys.assignment(table) : Optional.empty();
        if (assignment.isEmpty()) {
            throw refused("ON DUPLICATE KEY UPDATE of a table with other unique keys needs, while rows move, a column"
                    + " that can be assigned to itself, and a right to make temporary tables");
        }
        if (generated) {
            return upsertOneByOne(assignment.get());
        }
        statements.transaction().executing();
        Outcome outcome = collectMet(insert.collecting(assignment.get()), call.generatedKeys())
                .outcome();
        for (int row = 0; row < keys.size(); row++) {
            if (keys.get(row).isPresent()) { // inserted, or passed over for a row that another key met
                statements.namedPerhaps(slot(row), table, keys.get(row).get()); // [5]
            }
        }
        return outcome;
    }

    private record Met(Outcome outcome, boolean any) {}

    private Met collectMet(Rewritten collecting, boolean generatedKeys) throws SQLException, TransactionFailed {
        UpsertedKeys.clear(statements.connection());
        Outcome outcome = statements.rewritten(collecting, generatedKeys, table);
        List<Candidate> met = UpsertedKeys.read(statements.connection(), table);
        for (Candidate candidate : met) {
            statements.touched(candidate.slot(), table, candidate.key()); // by the stored shard key [18]
        }
        return new Met(outcome, !met.isEmpty());
    }

    /** The server says of one row alone whether it met another, and which key it generated if it did not [17]. */
    private Outcome upsertOneByOne(String assignment) throws SQLException, TransactionFailed {
        requireOneGeneratedKey();
        statements.transaction().executing();
        boolean done = false;
        try {
            long count = 0;
            Outcome last = Outcome.count(0);
            for (int row = 0; row < insert.rows().size(); row++) {
                Met met = collectMet(insert.ofRowCollecting(row, assignment), true);
                last = met.outcome();
                count += last.updateCount();
                if (!met.any()) {
                    collectGenerated(last, row, 1);
                }
            }
            done = true;
            return new Outcome(last.statement(), count);
        } finally {
            if (!done) {
                statements.transaction().giveUp(); // half of it is no statement of the application
            }
        }
    }

    /** Of rows that run one by one the application could be told the last one's key only. */
    private void requireOneGeneratedKey() throws SQLException {
        if (call.generatedKeys() && insert.rows().size() > 1) {
            throw refused("generated keys of several rows of REPLACE or ON DUPLICATE KEY UPDATE while rows move");
        }
    }

    private Outcome replace(List<Optional<PrimaryKey>> keys) throws SQLException, TransactionFailed {
        List<InTheWay> conflicts = new ArrayList<>();
        for (int row = 0; row < keys.size(); row++) {
            conflicts.add(conflicts(row));
        }
        if (keys.contains(Optional.<PrimaryKey>empty())) {
            requireOneGeneratedKey();
        }
        statements.transaction().executing();
        boolean done = false;
        try {
            long count = 0;
            Outcome last = Outcome.count(0);
            for (int row = 0; row < keys.size(); row++) {
                Replaced replaced = replaceRow(row, conflicts.get(row), keys.get(row));
                count += replaced.rows();
                last = replaced.inserted();
            }
            done = true;
            return new Outcome(last.statement(), count);
        } finally {
            if (!done) {
                statements.transaction().giveUp(); // half a REPLACE is no statement of the application
            }
        }
    }

    private record Replaced(long rows, Outcome inserted) {}

    /** Finds and locks the rows that REPLACE would replace. */
    @FunctionalInterface
    private interface InTheWay {
        List<Candidate> find() throws SQLException, TransactionFailed;
    }

    /** By one query that compares with what was given; where another value is stored of it, by that, key by key. */
    private InTheWay conflicts(int row) throws SQLException {
        if (table.schema().uniqueKeys().stream().anyMatch(key -> key.columns().isEmpty())) { // over an expression
            throw unknownConflicts();
        }
        if (values().areAsGiven()) {
            Rewritten query = insert.selectConflicts(
                            row,
                            new RowLock(RowLock.Strength.UPDATE, RowLock.Wait.WAIT),
                            namesZero(row) && statements.zeroGenerates())
                    .orElseThrow(this::unknownConflicts);
            return () -> statements.candidates(query, List.of(), table);
        }
        List<UniqueKey> met = new ArrayList<>();
        for (UniqueKey key : table.schema().uniqueKeys()) {
            boolean none = false;
            for (int column : key.columns()) {
                boolean generated = column == autoColumn() && isGenerated(row);
                none |= generated || values().isNull(row, column);
                if (!generated
                        && !values().isNull(row, column)
                        && values().value(row, column).isEmpty()) {
                    throw unknownConflicts();
                }
            }
            if (!none) {
                met.add(key);
            }
        }
        return () -> statements.byUniqueKeys(met, row(row), table);
    }

    private SQLException unknownConflicts() {
        return refused("what REPLACE would replace cannot be told from its values");
    }

    private Row row(int row) {
        byte[][] values = new byte[table.schema().columns().size()][];
        for (int column : uniqueColumns()) {
            values[column] = values().value(row, column).orElse(null);
        }
        return new Row(values);
    }

    private Replaced replaceRow(int row, InTheWay conflicts, Optional<PrimaryKey> key)
            throws SQLException, TransactionFailed {
        long deleted = 0;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            List<Candidate> inWay = conflicts.find();
            if (!inWay.isEmpty()) {
                for (Candidate candidate : inWay) {
                    statements.touched(candidate.slot(), table, candidate.key());
                }
                statements.deleteByKeys(inWay, table);
                deleted += inWay.size();
            }
            try {
                Outcome outcome =
                        statements.rewritten(insert.ofRowAsInsert(row), key.isEmpty() || call.generatedKeys(), table);
                if (key.isPresent()) {
                    statements.touched(slot(row), table, key.get());
                } else {
                    collectGenerated(outcome, row, 1);
                }
                return new Replaced(deleted + 1, outcome);
            } catch (SQLException e) {
                if (e.getErrorCode() != ER_DUP_ENTRY || round == MAX_ROUNDS - 1) {
                    throw e;
                }
            }
        }
        throw new IllegalStateException("the last round returns or throws");
    }

    private boolean isGenerated(int row) throws SQLException {
        int auto = autoColumn();
        if (auto < 0) {
            return false;
        }
        return switch (insert.autoIncrement(row)) {
            case GENERATED -> true;
            case ZERO, BY_PARAMETER, UNKNOWN ->
                values().isNull(row, auto) || (namesZero(row) && statements.zeroGenerates());
            case NO_COLUMN, NAMED -> false;
        };
    }

    /** 0 in any form: a number, a text. */
    private boolean namesZero(int row) {
        int auto = autoColumn();
        Optional<byte[]> value = auto < 0 ? Optional.empty() : values().value(row, auto);
        return value.isPresent() && new BigDecimal(new String(value.get(), StandardCharsets.US_ASCII)).signum() == 0;
    }

    private GivenValues values() {
        return Objects.requireNonNull(given, "asked for first");
    }

    private void collectGenerated(Outcome outcome, int first, int rows) throws SQLException, TransactionFailed {
        Statement ran = outcome.statement();
        if (ran == null) {
            throw new IllegalStateException("an insert ran without a statement");
        }
        // Connector/J builds a new result set at each call, so the application can still ask for its own.
        ResultSet generated = ran.getGeneratedKeys();
        int row = 0;
        while (generated.next()) {
            byte[] value = generated.getBigDecimal(1).toPlainString().getBytes(StandardCharsets.US_ASCII);
            statements.touched(slot(first + row), table, generatedKey(first + row, value));
            row++;
        }
        if (row != rows) {
            throw new IllegalStateException("MySQL generated " + row + " keys for " + rows + " rows");
        }
    }

    private PrimaryKey generatedKey(int row, byte[] value) throws SQLException {
        int auto = table.schema().indexOf(insert.info().autoIncrement().orElseThrow());
        byte[][] key = new byte[table.schema().primaryKey().size()][];
        for (int i = 0; i < key.length; i++) {
            int index = table.schema().primaryKey().get(i);
            key[i] = index == auto
                    ? value
                    : values().value(row, index)
                            .orElseThrow(
                                    () -> refused("a key column beside the auto-increment one is not a plain value"));
        }
        return new PrimaryKey(key);
    }

    private int slot(int row) throws SQLException {
        if (!insert.info().isSharded()) {
            return 0;
        }
        return BoundValues.slot(insert.shardKey(row), call.parameters(), table)
                .orElseThrow(() -> refused("a row's shard key has no slot"));
    }

    private SQLException refused(String reason) {
        return AgentErrors.refused(reason, call.sql());
    }
}
