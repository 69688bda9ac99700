package io.shardshift.agent.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An UPDATE or DELETE of one table: which rows, and the texts by which their keys are collected. Immutable.
 *
 * <p>Rewritten texts name key columns without a table: there is one table only, and a condition with a subquery is
 * accepted only with {@link #fullKey}, which needs no rewriting.
 */
public abstract sealed class RowChange implements Analysis permits Update, Delete {

    private final Clauses clauses;
    private final TableRef table;
    private final TableInfo info;
    private final ShardKeyCondition shardKey;
    private final Optional<KeyCondition> fullKey;

    RowChange(
            Clauses clauses,
            TableRef table,
            TableInfo info,
            ShardKeyCondition shardKey,
            Optional<KeyCondition> fullKey) {
        this.clauses = clauses;
        this.table = table;
        this.info = info;
        this.shardKey = shardKey;
        this.fullKey = fullKey;
    }

    /**
     * Where the clauses stand, as places of tokens: the table's name, alias and index hints in
     * {@code [tableFrom, tableTo)}, all before WHERE in {@code [0, headTo)}, the condition in {@code [whereFrom,
     * whereTo)}, ORDER BY and LIMIT in {@code [tailFrom, size)}.
     */
    record Clauses(TokenText text, int tableFrom, int tableTo, int headTo, int whereFrom, int whereTo, int tailFrom) {}

    /** The original. */
    public String text() {
        return clauses.text().text();
    }

    /** Number of the original's {@code ?} markers. */
    public int parameters() {
        return clauses.text().parameters();
    }

    /** The table that is changed. */
    public TableRef table() {
        return table;
    }

    /** What the keyspace knows of {@link #table}. */
    public TableInfo info() {
        return info;
    }

    /** The shard keys that it can meet, those of tables in subqueries included. */
    public ShardKeyCondition shardKey() {
        return shardKey;
    }

    /** Whether it could meet a row of any slot. */
    public boolean isKeyless() {
        return shardKey instanceof ShardKeyCondition.None;
    }

    /**
     * The primary key, if the condition names the full primary key and the full shard key each by one value: the
     * statement runs as it is, and the row counts if it matched.
     */
    public Optional<KeyCondition> fullKey() {
        return fullKey;
    }

    /** Whether there is a WHERE. */
    public boolean hasWhere() {
        return clauses.whereFrom() < clauses.whereTo();
    }

    /** Whether ORDER BY or LIMIT chooses among the rows. */
    public boolean hasOrderOrLimit() {
        return clauses.tailFrom() < clauses.text().size();
    }

    /** The columns of {@link #selectCandidates}, in order: the primary key's, then those of the shard key not in it. */
    public List<String> candidateColumns() {
        List<String> columns = new ArrayList<>(info.primaryKey());
        info.shardKey().stream()
                .filter(column -> !TableInfo.contains(info.primaryKey(), column))
                .forEach(columns::add);
        return List.copyOf(columns);
    }

    /**
     * {@code SELECT <candidateColumns> FROM t WHERE ... ORDER BY ... LIMIT ... <lock>}: the keys of the rows that the
     * statement would change now.
     */
    public Rewritten selectCandidates(RowLock lock) {
        SqlBuilder sql = select();
        if (hasWhere()) {
            sql.sql(" WHERE ").slice(clauses.whereFrom(), clauses.whereTo());
        }
        return tail(sql).sql(suffix(lock)).build();
    }

    /**
     * {@link #selectCandidates} of {@code count} given rows: {@code WHERE (original) AND pk IN (keys)}. Locks no row
     * that is not named, so under READ COMMITTED it waits for none that does not match.
     */
    public Rewritten selectCandidatesAmong(int count, RowLock lock) {
        return tail(restriction(select(), count)).sql(suffix(lock)).build();
    }

    /** The statement for {@code count} given rows: its WHERE, ORDER BY and LIMIT kept, {@code AND pk IN (keys)} added. */
    public Rewritten restrictedTo(int count) {
        return tail(restriction(SqlBuilder.of(clauses.text()).head(clauses.headTo()), count))
                .build();
    }

    private SqlBuilder select() {
        String columns = candidateColumns().stream()
                .map(column -> info.key(column).read())
                .collect(Collectors.joining(", "));
        String hint = clauses.text().hint();
        return SqlBuilder.of(clauses.text())
                .sql("SELECT " + (hint.isEmpty() ? "" : hint + " ") + columns + " FROM ")
                .slice(clauses.tableFrom(), clauses.tableTo());
    }

    private SqlBuilder restriction(SqlBuilder sql, int count) {
        sql.sql(" WHERE ");
        if (hasWhere()) {
            sql.sql("(").slice(clauses.whereFrom(), clauses.whereTo()).sql(") AND ");
        }
        return sql.keys(info.primaryKey().stream().map(info::key).toList(), count);
    }

    private SqlBuilder tail(SqlBuilder sql) {
        return sql.spaced(clauses.tailFrom(), clauses.text().size());
    }

    private static String suffix(RowLock lock) {
        return lock.locks() ? " " + lock.clause() : "";
    }
}
