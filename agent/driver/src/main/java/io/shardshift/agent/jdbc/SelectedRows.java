package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.RowStatements.Candidate;
import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.Rewritten;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * INSERT ... SELECT inside a fenced transaction that mirrors. The query's rows are put into a temporary table whose columns
 * are the inserted ones, their keys are read there, and what is inserted is that table: rows that come up in between are
 * not among them, and no value passes through this process. (INSERT ... VALUES of values that were read would change
 * TIMESTAMP, FLOAT and JSON on the way.) Rows whose key the server generates are inserted one by one, so that each key is
 * told for certain.
 */
final class SelectedRows {
    private static final String SELECTED = "`_shardshift_selected`";
    private static final String NUMBER = "`_shardshift_number`";
    private static final int MAX_ROWS = WritingTransaction.MAX_TOUCHED;

    private final RowStatements statements;
    private final StatementCall call;
    private final Insert insert;
    private final ShardedTable table;

    SelectedRows(RowStatements statements, Insert insert, ShardedTable table) {
        this.statements = statements;
        this.call = statements.call();
        this.insert = insert;
        this.table = table;
    }

    Outcome insert() throws SQLException, TransactionFailed {
        if (insert.isReplace() || insert.hasOnDuplicate()) {
            throw refused(
                    "REPLACE ... SELECT and INSERT ... SELECT ... ON DUPLICATE KEY UPDATE while rows move: read the"
                            + " rows, then write them with VALUES");
        }
        Optional<String> generated = Optional.empty();
        for (String column : keyColumns()) {
            if (!isInserted(column) && !isAutoIncrement(column)) {
                throw refused("INSERT ... SELECT while rows move names each column of the primary and the shard key");
            }
            generated = !isInserted(column) ? Optional.of(column) : generated;
        }
        if (generated.isPresent() && call.generatedKeys()) {
            throw refused("generated keys of INSERT ... SELECT while rows move");
        }
        statements.transaction().executing();
        String like =
                (generated.isPresent() ? "(" + NUMBER + " BIGINT AUTO_INCREMENT PRIMARY KEY) " : "") + "AS SELECT "
                        + insert.columns().stream().map(this::copied).collect(Collectors.joining(", ")) + " FROM "
                        + Identifiers.quote(table.name()) + " WHERE FALSE";
        try (ScratchTable scratch = ScratchTable.create(statements, SELECTED, like)) {
            select();
            return generated.isPresent() ? oneByOne() : together();
        }
    }

    private List<String> keyColumns() {
        return insert.conflictColumns();
    }

    private boolean isInserted(String column) {
        return insert.columns().stream().anyMatch(column::equalsIgnoreCase);
    }

    /** The key that the server would generate must be told from one that the query names: it may be NULL. */
    private String copied(String column) {
        String quoted = Identifiers.quote(column);
        return isAutoIncrement(column) ? "NULLIF(" + quoted + ", 0) AS " + quoted : quoted;
    }

    private void select() throws SQLException {
        Rewritten into = insert.selectInto(SELECTED);
        try (PreparedStatement statement = statements.connection().prepareStatement(into.sql())) {
            call.settings().apply(statement, StatementCall.Settings.NONE);
            if (statements.bind(statement, into, List.of(), table).executeLargeUpdate() > MAX_ROWS) {
                throw refused("it would insert more than " + MAX_ROWS + " rows that move");
            }
        }
    }

    private Outcome together() throws SQLException, TransactionFailed {
        String names = exact(keyColumns());
        requireValues(keyColumns());
        List<Candidate> rows = statements.candidates(
                new Rewritten("SELECT " + names + " FROM " + SELECTED, List.of()), List.of(), table);
        if (rows.stream().anyMatch(row -> row.slot() == ShardFunction.NO_SLOT)) {
            throw refused("a row that it selects has a shard key without a slot");
        }
        Outcome outcome = statements.rewritten(
                insert.ofQuery("SELECT " + columns() + " FROM " + SELECTED), call.generatedKeys(), table);
        for (Candidate row : rows) {
            statements.touched(row.slot(), table, row.key());
        }
        return outcome;
    }

    private boolean isAutoIncrement(String column) {
        return insert.info().autoIncrement().filter(column::equalsIgnoreCase).isPresent();
    }

    /** NULL, or 0, for the AUTO_INCREMENT column would be a generated key among named ones. */
    private void requireValues(List<String> columns) throws SQLException {
        boolean zeroGenerates = columns.stream().anyMatch(this::isAutoIncrement) && statements.zeroGenerates();
        String missing = columns.stream()
                .map(column -> Identifiers.quote(column) + " IS NULL"
                        + (isAutoIncrement(column) && zeroGenerates ? " OR " + Identifiers.quote(column) + " = 0" : ""))
                .collect(Collectors.joining(" OR "));
        try (Statement statement = statements.connection().createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT 1 FROM " + SELECTED + " WHERE " + missing + " LIMIT 1")) {
            if (result.next()) {
                throw refused("a row that it selects has no value for a key column while rows move");
            }
        }
    }

    /** A selected row: its number, its key but for the generated column, its slot. */
    private record Pending(long number, byte[][] key, int slot) {}

    private Outcome oneByOne() throws SQLException, TransactionFailed {
        List<Pending> rows = pending();
        boolean done = false;
        try {
            Outcome last = Outcome.count(0);
            long first = 0;
            for (Pending row : rows) {
                last = statements.rewritten(
                        insert.ofQuery("SELECT " + columns() + " FROM " + SELECTED + " WHERE " + NUMBER + " = "
                                + row.number()),
                        true,
                        table);
                long id = generated(last);
                first = first == 0 ? id : first;
                int auto = table.schema().primaryKey().indexOf(autoColumn());
                row.key()[auto] = Long.toUnsignedString(id).getBytes(StandardCharsets.US_ASCII);
                statements.touched(row.slot(), table, new PrimaryKey(row.key()));
            }
            if (first != 0) {
                execute("DO LAST_INSERT_ID(" + Long.toUnsignedString(first) + ")"); // as after one statement
            }
            done = true;
            return new Outcome(last.statement(), rows.size());
        } finally {
            if (!done) {
                statements.transaction().giveUp(); // half of it is no statement of the application
            }
        }
    }

    private int autoColumn() {
        return table.schema().indexOf(insert.info().autoIncrement().orElseThrow());
    }

    private static long generated(Outcome outcome) throws SQLException {
        Statement ran = outcome.statement();
        ResultSet keys = ran == null ? null : ran.getGeneratedKeys();
        if (keys == null || !keys.next()) {
            throw new IllegalStateException("MySQL generated no key");
        }
        return keys.getBigDecimal(1).longValue();
    }

    private List<Pending> pending() throws SQLException {
        List<String> named = keyColumns().stream().filter(this::isInserted).toList();
        requireValues(named);
        List<Pending> rows = new ArrayList<>();
        try (Statement statement = statements.connection().createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT " + exact(named) + ", " + NUMBER + " FROM " + SELECTED + " ORDER BY " + NUMBER)) {
            while (result.next()) {
                rows.add(pending(result, named));
            }
        }
        return rows;
    }

    private Pending pending(ResultSet result, List<String> named) throws SQLException {
        List<Integer> indexes = named.stream().map(table.schema()::indexOf).toList();
        byte[][] key = new byte[table.schema().primaryKey().size()][];
        for (int i = 0; i < key.length; i++) {
            int index = table.schema().primaryKey().get(i);
            key[i] = index == autoColumn()
                    ? new byte[0] // told when the row is inserted
                    : result.getBytes(indexes.indexOf(index) + 1);
        }
        List<byte[]> shardKey = new ArrayList<>();
        for (int index : table.shardKey()) {
            shardKey.add(result.getBytes(indexes.indexOf(index) + 1));
        }
        int slot = table.slot(shardKey);
        if (slot == ShardFunction.NO_SLOT) {
            throw refused("a row that it selects has a shard key without a slot");
        }
        return new Pending(result.getLong(named.size() + 1), key, slot);
    }

    private String exact(List<String> columns) {
        return columns.stream().map(column -> insert.info().key(column).read()).collect(Collectors.joining(", "));
    }

    private String columns() {
        return insert.columns().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = statements.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    private SQLException refused(String reason) {
        return AgentErrors.refused(reason, call.sql());
    }
}
