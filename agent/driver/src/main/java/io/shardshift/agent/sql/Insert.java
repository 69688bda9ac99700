package io.shardshift.agent.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An INSERT or REPLACE into one table. Immutable. Rows are counted from 0. */
public final class Insert implements Analysis {

    private final Parts parts;
    private final TableRef table;
    private final TableInfo info;
    private final List<String> columns;
    private final List<List<ValueSource>> rows;
    private final List<Assignment> onDuplicate;
    private final Optional<Read> select;

    Insert(
            Parts parts,
            TableRef table,
            TableInfo info,
            List<String> columns,
            List<List<ValueSource>> rows,
            List<Assignment> onDuplicate,
            Optional<Read> select) {
        this.parts = parts;
        this.table = table;
        this.info = info;
        this.columns = List.copyOf(columns);
        this.rows = rows.stream().map(List::copyOf).toList();
        this.onDuplicate = List.copyOf(onDuplicate);
        this.select = select;
    }

    /** A half-open range of tokens. */
    record Range(int from, int to) {}

    /**
     * Where the parts stand: all before the first row in {@code [0, headTo)}; each row with its parentheses; each value
     * of each row; the row alias and ON DUPLICATE KEY UPDATE from {@code tailFrom} on; its first assignment, or the end.
     */
    record Parts(
            TokenText text,
            int headTo,
            List<Range> rows,
            List<List<Range>> values,
            int tailFrom,
            int firstAssignment) {}

    /** What a row gives for the AUTO_INCREMENT column. */
    public enum AutoIncrement {
        /** The table has no such column. */
        NO_COLUMN,
        /** The server makes the value: the column is not named, or is NULL or DEFAULT. */
        GENERATED,
        /** The row names 0, which means GENERATED unless the session has NO_AUTO_VALUE_ON_ZERO. */
        ZERO,
        /** The row names a value. */
        NAMED,
        /** The row has a parameter: NULL means GENERATED, 0 is ZERO. */
        BY_PARAMETER,
        /** The row has an expression; only the server can tell. */
        UNKNOWN
    }

    /** The original. */
    public String text() {
        return parts.text().text();
    }

    /** Number of the original's {@code ?} markers. */
    public int parameters() {
        return parts.text().parameters();
    }

    /** The table. */
    public TableRef table() {
        return table;
    }

    /** What the keyspace knows of {@link #table}. */
    public TableInfo info() {
        return info;
    }

    /** Whether it is a REPLACE. */
    public boolean isReplace() {
        return parts.text().isWord(0, "REPLACE");
    }

    /** The columns that the rows fill, in the rows' order. */
    public List<String> columns() {
        return columns;
    }

    /** The rows of VALUES or SET, each in the order of {@link #columns}; empty for INSERT ... SELECT. */
    public List<List<ValueSource>> rows() {
        return rows;
    }

    /** The assignments of ON DUPLICATE KEY UPDATE; empty without it. */
    public List<Assignment> onDuplicate() {
        return onDuplicate;
    }

    /** Whether there is ON DUPLICATE KEY UPDATE. */
    public boolean hasOnDuplicate() {
        return !onDuplicate.isEmpty();
    }

    /** Whether ON DUPLICATE KEY UPDATE assigns a column of the shard key. */
    public boolean changesShardKey() {
        return assignsAny(info.shardKey());
    }

    /** Whether ON DUPLICATE KEY UPDATE assigns a column of the primary key. */
    public boolean changesPrimaryKey() {
        return assignsAny(info.primaryKey());
    }

    private boolean assignsAny(List<String> names) {
        return onDuplicate.stream().anyMatch(assignment -> TableInfo.contains(names, assignment.column()));
    }

    /** The query of INSERT ... SELECT. */
    public Optional<Read> select() {
        return select;
    }

    /**
     * The shard keys of the rows, each value {@linkplain ValueSource#isKnown() known}: an INSERT of a sharded table
     * without them is refused. {@link ShardKeyCondition.None} for INSERT ... SELECT into a sharded table, and for more
     * than {@link ShardKeyCondition#MAX_ALTERNATIVES} rows, which {@link #shardKey(int)} tells one by one.
     */
    public ShardKeyCondition shardKey() {
        if (!info.isSharded()) {
            return new ShardKeyCondition.Values(List.of(List.of()));
        }
        if (select.isPresent() || rows.size() > ShardKeyCondition.MAX_ALTERNATIVES) {
            return new ShardKeyCondition.None();
        }
        List<List<ValueSource>> keys = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            keys.add(shardKey(row));
        }
        return new ShardKeyCondition.Values(keys);
    }

    /** The shard key of one row, in the order of the shard key's columns. */
    public List<ValueSource> shardKey(int row) {
        return info.shardKey().stream().map(column -> value(row, column)).toList();
    }

    /** The value that the row gives for the column; {@link ValueSource.Default} where it names none. */
    public ValueSource value(int row, String column) {
        int place = TableInfo.indexOf(columns, column);
        return place < 0 ? new ValueSource.Default() : rows.get(row).get(place);
    }

    /** The full primary key of one row, if each of its values is known before the statement runs. */
    public Optional<KeyCondition> primaryKey(int row) {
        List<ValueSource> values =
                info.primaryKey().stream().map(column -> value(row, column)).toList();
        boolean known = !values.isEmpty() && values.stream().allMatch(ValueSource::isKnown);
        return known ? Optional.of(new KeyCondition(info.primaryKey(), values)) : Optional.empty();
    }

    /** Whether the table has a unique key beside the primary key. */
    public boolean hasOtherUniqueKeys() {
        return info.uniqueKeys().stream().anyMatch(key -> !key.primary());
    }

    /** What one row gives for the AUTO_INCREMENT column. */
    public AutoIncrement autoIncrement(int row) {
        if (info.autoIncrement().isEmpty()) {
            return AutoIncrement.NO_COLUMN;
        }
        ValueSource value = value(row, info.autoIncrement().get());
        if (value instanceof ValueSource.Parameter) {
            return AutoIncrement.BY_PARAMETER;
        }
        if (value instanceof ValueSource.Null || value instanceof ValueSource.Default) {
            return AutoIncrement.GENERATED;
        }
        if (value instanceof ValueSource.Numeric number) {
            return number.value().signum() == 0 ? AutoIncrement.ZERO : AutoIncrement.NAMED;
        }
        return AutoIncrement.UNKNOWN; // a text or bytes may come to 0
    }

    /** The statement for one of its rows alone; not for INSERT ... SELECT. */
    public Rewritten ofRow(int row) {
        return rowText(row, SqlBuilder.of(parts.text()).head(parts.headTo()));
    }

    /** As {@link #ofRow}, with INSERT for REPLACE: what ends REPLACE's loop of DELETE and INSERT. */
    public Rewritten ofRowAsInsert(int row) {
        String hint = parts.text().hint();
        SqlBuilder sql = SqlBuilder.of(parts.text()).sql(hint.isEmpty() ? "INSERT " : "INSERT " + hint + " ");
        return rowText(row, sql.slice(1, parts.headTo()));
    }

    private Rewritten rowText(int row, SqlBuilder sql) {
        Range range = parts.rows().get(row);
        return sql.sql(" ")
                .slice(range.from(), range.to())
                .spaced(parts.tailFrom(), parts.text().size())
                .build();
    }

    /**
     * The whole statement with one assignment put first in ON DUPLICATE KEY UPDATE, by which the caller collects the
     * keys that were met [17]. Only where {@link #hasOnDuplicate}.
     *
     * @param assignment {@code column = expression}, without a marker
     */
    public Rewritten collecting(String assignment) {
        if (!hasOnDuplicate()) {
            throw new IllegalStateException("no ON DUPLICATE KEY UPDATE");
        }
        return SqlBuilder.of(parts.text())
                .head(parts.firstAssignment())
                .sql(" " + assignment + ", ")
                .slice(parts.firstAssignment(), parts.text().size())
                .build();
    }

    /** INSERT ... SELECT with another query in its place: {@code query} is without markers. */
    public Rewritten ofQuery(String query) {
        return SqlBuilder.of(parts.text()).head(parts.headTo()).sql(" " + query).build();
    }

    /** {@code INSERT INTO table (the columns) <query>}: the rows of INSERT ... SELECT put elsewhere. */
    public Rewritten selectInto(String quotedTable) {
        Rewritten query = select().orElseThrow().query();
        String names = columns.stream().map(Names::quoted).collect(Collectors.joining(", "));
        return new Rewritten("INSERT INTO " + quotedTable + " (" + names + ") " + query.sql(), query.parameters());
    }

    /**
     * {@code INSERT INTO <table> (number, columns) VALUES (0, ?, ?), (1, ?, ?)}: what the rows give for the columns, put
     * elsewhere. Each row names each of the columns.
     */
    public Rewritten valuesInto(String quotedTable, String quotedNumber, List<String> names) {
        SqlBuilder sql = SqlBuilder.of(parts.text())
                .sql("INSERT INTO " + quotedTable + " (" + quotedNumber)
                .sql(names.stream().map(name -> ", " + Names.quoted(name)).collect(Collectors.joining()))
                .sql(") VALUES ");
        for (int row = 0; row < rows.size(); row++) {
            sql.sql(row == 0 ? "(0" : ", (" + row);
            for (String name : names) {
                Range range = parts.values().get(row).get(TableInfo.indexOf(columns, name));
                sql.sql(", ").slice(range.from(), range.to());
            }
            sql.sql(")");
        }
        return sql.build();
    }

    /** As {@link #collecting}, of one row alone. */
    public Rewritten ofRowCollecting(int row, String assignment) {
        if (!hasOnDuplicate()) {
            throw new IllegalStateException("no ON DUPLICATE KEY UPDATE");
        }
        Range range = parts.rows().get(row);
        return SqlBuilder.of(parts.text())
                .head(parts.headTo())
                .sql(" ")
                .slice(range.from(), range.to())
                .sql(" ")
                .slice(parts.tailFrom(), parts.firstAssignment())
                .sql(" " + assignment + ", ")
                .slice(parts.firstAssignment(), parts.text().size())
                .build();
    }

    /** The columns of {@link #selectConflicts}, in order: the primary key's, then those of the shard key not in it. */
    public List<String> conflictColumns() {
        List<String> names = new ArrayList<>(info.primaryKey());
        info.shardKey().stream()
                .filter(column -> !TableInfo.contains(info.primaryKey(), column))
                .forEach(names::add);
        return List.copyOf(names);
    }

    /**
     * {@code SELECT <conflictColumns> FROM t WHERE (a = ?) OR (b = ? AND c = ?) <lock>}: the rows that meet a unique key
     * of the row. Empty where that cannot be told: a column of a unique key has an expression or a default other than
     * a generated AUTO_INCREMENT value, which meets nothing. A key with NULL meets nothing; of a parameter bound to
     * NULL the comparison is never true, which comes to the same.
     *
     * @param zeroGenerates whether 0 for the AUTO_INCREMENT column makes the server generate the value
     */
    public Optional<Rewritten> selectConflicts(int row, RowLock lock, boolean zeroGenerates) {
        SqlBuilder sql = SqlBuilder.of(parts.text())
                .sql("SELECT "
                        + conflictColumns().stream()
                                .map(column -> info.key(column).read())
                                .collect(Collectors.joining(", "))
                        + " FROM "
                        + table.schema()
                                .map(schema -> Names.quoted(schema) + ".")
                                .orElse("")
                        + Names.quoted(table.name()) + " WHERE ");
        boolean first = true;
        Set<List<String>> done = new HashSet<>();
        for (TableInfo.UniqueKey key : info.uniqueKeys()) {
            Meets meets = meets(row, key, zeroGenerates);
            if (meets == Meets.UNKNOWN) {
                return Optional.empty();
            }
            List<String> lower = key.columns().stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList();
            if (meets == Meets.BY_VALUES && done.add(lower)) {
                sql.sql(first ? "(" : " OR (");
                first = false;
                comparisons(sql, row, key.columns());
                sql.sql(")");
            }
        }
        sql.sql(first ? "FALSE" : "").sql(lock.locks() ? " " + lock.clause() : "");
        return Optional.of(sql.build());
    }

    private enum Meets {
        NOTHING,
        BY_VALUES,
        UNKNOWN
    }

    private Meets meets(int row, TableInfo.UniqueKey key, boolean zeroGenerates) {
        boolean nothing = false;
        for (String column : key.columns()) {
            ValueSource value = value(row, column);
            boolean isAuto =
                    info.autoIncrement().filter(column::equalsIgnoreCase).isPresent();
            AutoIncrement auto = isAuto ? autoIncrement(row) : AutoIncrement.NO_COLUMN;
            boolean made = auto == AutoIncrement.GENERATED || (auto == AutoIncrement.ZERO && zeroGenerates);
            if (made || value instanceof ValueSource.Null) {
                nothing = true;
            } else if (!value.isKnown() || info.generated().stream().anyMatch(column::equalsIgnoreCase)) {
                return Meets.UNKNOWN;
            }
        }
        return nothing ? Meets.NOTHING : Meets.BY_VALUES;
    }

    private void comparisons(SqlBuilder sql, int row, List<String> keyColumns) {
        String and = "";
        for (String column : keyColumns) {
            Range range = parts.values().get(row).get(TableInfo.indexOf(columns, column));
            sql.sql(and + Names.quoted(column) + " = ").slice(range.from(), range.to());
            and = " AND ";
        }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.insert(this);
    }
}
