package io.shardshift.shard;

import io.shardshift.api.routing.ShardFunction;
import java.util.ArrayList;
import java.util.List;

/** A table of a keyspace with its shard key: the one place that says in which slot a row lives. Immutable, thread-safe. */
public final class ShardedTable {
    private final TableSchema schema;
    private final List<Integer> shardKey;
    private final ShardFunction function;
    private final RowSql sql;

    /**
     * Throws IllegalArgumentException where {@code shardKeyColumns} names a column that {@code schema} lacks, or one that
     * {@code function} does not take: Java and SQL would disagree about its slot.
     */
    public ShardedTable(TableSchema schema, List<String> shardKeyColumns, ShardFunction function) {
        this.schema = requireTaken(schema, shardKeyColumns, function);
        this.shardKey = shardKeyColumns.stream().map(schema::indexOf).toList();
        this.function = function;
        this.sql = new RowSql(this);
    }

    /** Texts and bindings for this table's rows. */
    RowSql sql() {
        return sql;
    }

    public TableSchema schema() {
        return schema;
    }

    public String name() {
        return schema.name();
    }

    /** Indexes of the shard key's columns in {@link TableSchema#columns()}. */
    public List<Integer> shardKey() {
        return shardKey;
    }

    public ShardFunction function() {
        return function;
    }

    public PrimaryKey key(Row row) {
        return row.key(schema.primaryKey());
    }

    /** Slot of the row's stored shard key, {@link ShardFunction#NO_SLOT} where it has none. */
    public int slot(Row row) {
        List<byte[]> key = new ArrayList<>(shardKey.size());
        for (int column : shardKey) {
            byte[] value = row.value(column);
            if (value == null) {
                return ShardFunction.NO_SLOT;
            }
            key.add(value);
        }
        return slot(key);
    }

    /** Slot of a shard key in neutral form, in the order of {@link #shardKey()}. */
    public int slot(List<byte[]> neutralShardKey) {
        List<byte[]> canonical = new ArrayList<>(shardKey.size());
        for (int i = 0; i < shardKey.size(); i++) {
            canonical.add(schema.columns().get(shardKey.get(i)).canonical(neutralShardKey.get(i)));
        }
        return function.slot(canonical);
    }

    /** SQL expression of the same slot over this table's columns. */
    public String slotSql() {
        return function.sql(shardKey.stream()
                .map(column -> schema.columns().get(column).canonicalSql())
                .toList());
    }

    private static TableSchema requireTaken(TableSchema schema, List<String> shardKeyColumns, ShardFunction function) {
        if (function instanceof ShardFunction.Modulo || function instanceof ShardFunction.RangeTable) {
            List<Column> columns = shardKeyColumns.stream()
                    .map(schema::indexOf)
                    .map(schema.columns()::get)
                    .toList();
            if (columns.size() != 1 || !columns.get(0).isInteger()) {
                throw new IllegalArgumentException("modulo and range take one integer column; the shard key of table "
                        + schema.name() + " is "
                        + columns.stream()
                                .map(column -> column.name() + " " + column.type())
                                .toList());
            }
        }
        return schema;
    }

    @Override
    public String toString() {
        return schema.name();
    }
}
