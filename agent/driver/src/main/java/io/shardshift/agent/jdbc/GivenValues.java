package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.Rewritten;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.shard.Column;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.StoredForm;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What rows of an INSERT give for columns of keys, as MySQL will store it [18]: reckoned here where that is certain, else
 * asked of the server, which is given the same values, by the same session, for a temporary table of the same columns.
 * Reading back what was written was rejected: a row that is stored otherwise is not found by what was given. Immutable.
 */
final class GivenValues {
    private static final String GIVEN = "`_shardshift_given`";
    private static final String NUMBER = "`_shardshift_number`";

    private final Insert insert;
    private final List<StatementCall.Parameter> parameters;
    private final ShardedTable table;
    private final Map<Integer, byte @Nullable [][]> byColumn = new HashMap<>();
    private boolean asGiven = true;

    private GivenValues(Insert insert, StatementCall call, ShardedTable table) {
        this.insert = insert;
        this.parameters = call.parameters();
        this.table = table;
    }

    /** @param columns indexes of columns of the table */
    static GivenValues of(RowStatements statements, Insert insert, ShardedTable table, Collection<Integer> columns)
            throws SQLException {
        GivenValues values = new GivenValues(insert, statements.call(), table);
        List<Integer> asked = new ArrayList<>();
        for (int column : columns) {
            if (!values.reckon(column)) {
                asked.add(column);
            }
        }
        if (!asked.isEmpty()) {
            values.ask(statements, asked);
        }
        return values;
    }

    /** Whether every value was reckoned; an unknown one is left out. */
    private boolean reckon(int index) {
        Column column = RowStatements.column(table, index);
        byte[][] values = new byte[insert.rows().size()][];
        boolean all = true;
        for (int row = 0; row < values.length; row++) {
            if (isKnown(row, index)) {
                Optional<StoredForm.Stored> stored =
                        BoundValues.stored(insert.value(row, column.name()), parameters, column);
                boolean certain = stored.isPresent() && stored.get().isCertain();
                values[row] = certain ? stored.get().neutral().orElse(null) : null;
                all &= certain;
                asGiven &= certain && stored.get().fit() == StoredForm.Fit.AS_GIVEN;
            }
        }
        byColumn.put(index, values);
        return all;
    }

    private boolean isKnown(int row, int column) {
        return insert.value(row, RowStatements.column(table, column).name()).isKnown() && !isNull(row, column);
    }

    /** Whether the row gives NULL. */
    boolean isNull(int row, int column) {
        ValueSource source =
                insert.value(row, RowStatements.column(table, column).name());
        return source instanceof ValueSource.Null
                || (source instanceof ValueSource.Parameter parameter
                        && parameters.get(parameter.index() - 1).value() == null);
    }

    /** Whether each of the values is stored as it was given, so that a comparison with what was given finds it. */
    boolean areAsGiven() {
        return asGiven;
    }

    /** The value in the form of {@link Column#exactSql}; empty for NULL, expressions and defaults. */
    Optional<byte[]> value(int row, int column) {
        byte[][] values = byColumn.get(column);
        if (values == null) {
            throw new IllegalArgumentException("column " + column + " was not asked for");
        }
        return Optional.ofNullable(values[row]);
    }

    /** The full primary key, if the row gives it. */
    Optional<PrimaryKey> primaryKey(int row) {
        byte[][] key = new byte[table.schema().primaryKey().size()][];
        for (int i = 0; i < key.length; i++) {
            Optional<byte[]> value = value(row, table.schema().primaryKey().get(i));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            key[i] = value.get();
        }
        return Optional.of(new PrimaryKey(key));
    }

    private void ask(RowStatements statements, List<Integer> asked) throws SQLException {
        List<Column> columns =
                asked.stream().map(index -> RowStatements.column(table, index)).toList();
        String names = columns.stream().map(column -> "t." + column.quoted()).collect(Collectors.joining(", "));
        // The outer join makes the columns nullable: another row may give nothing that is known.
        String like = "(" + NUMBER + " INT NOT NULL PRIMARY KEY) AS SELECT 0 AS " + NUMBER + ", " + names
                + " FROM (SELECT 1) AS one LEFT JOIN " + Identifiers.quote(table.name()) + " AS t ON FALSE WHERE FALSE";
        try (ScratchTable scratch = ScratchTable.create(statements, GIVEN, like)) {
            Rewritten into = insert.valuesInto(
                    GIVEN, NUMBER, columns.stream().map(Column::name).toList());
            try (PreparedStatement statement = statements.connection().prepareStatement(into.sql())) {
                statements.bind(statement, into, List.of(), table).executeUpdate();
            }
            read(statements, asked, columns);
        }
    }

    private void read(RowStatements statements, List<Integer> asked, List<Column> columns) throws SQLException {
        String exact =
                columns.stream().map(column -> column.exactSql(column.quoted())).collect(Collectors.joining(", "));
        try (Statement statement = statements.connection().createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT " + exact + " FROM " + GIVEN + " ORDER BY " + NUMBER)) {
            for (int row = 0; result.next(); row++) {
                for (int i = 0; i < asked.size(); i++) {
                    byte[] value = result.getBytes(i + 1);
                    byte[][] values = byColumn.get(asked.get(i));
                    if (values != null && value != null) {
                        requireRealDate(columns.get(i), value);
                        values[row] = value;
                    }
                }
            }
        }
    }

    /** A row with a month or day 0 in its key could not be found by it in the mirror's strict sessions. */
    private static void requireRealDate(Column column, byte[] value) throws SQLException {
        boolean dated = column.type().equals("date")
                || column.type().equals("datetime")
                || column.type().equals("timestamp");
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (dated && (text.startsWith("00", 5) || text.startsWith("00", 8))) {
            throw new SQLDataException(
                    "Shardshift cannot mirror a row whose key column " + column.name() + " has a month or day 0."
                            + " Nothing has changed.",
                    "22007");
        }
    }
}
