package io.shardshift.shard;

import io.shardshift.api.routing.ShardFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of a keyspace with its shard key: the one place that says in which slot a row lives. Immutable, thread-safe. */
public final class ShardedTable {
    private final TableSchema schema;
    private final List<Integer> shardKey;
    private final ShardFunction function;
    private @Nullable RowSql sql; // made twice by a race at worst: both are equal and immutable

    /**
     * Throws IllegalArgumentException where {@code shardKeyColumns} names a column that {@code schema} lacks, or one that
     * {@code function} does not take: Java and SQL would disagree about its slot.
     */
    public ShardedTable(TableSchema schema, List<String> shardKeyColumns, ShardFunction function) {
        this.schema = schema;
        this.shardKey = shardKeyColumns.stream().map(schema::indexOf).toList();
        this.function = function;
        if (function instanceof ShardFunction.Modulo || function instanceof ShardFunction.RangeTable) {
            requireInteger(schema);
        }
    }

    private void requireInteger(TableSchema schema) {
        boolean integer =
                shardKey.size() == 1 && schema.columns().get(shardKey.get(0)).isInteger();
        if (!integer) {
            throw new IllegalArgumentException("modulo and range take one integer column; the shard key of table "
                    + schema.name() + " is "
                    + shardKey.stream()
                            .map(column -> schema.columns().get(column))
                            .map(column -> column.name() + " " + column.type())
                            .toList());
        }
    }

    RowSql sql() {
        RowSql known = sql;
        if (known == null) {
            known = new RowSql(this);
            sql = known;
        }
        return known;
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

    @Override
    public String toString() {
        return schema.name();
    }
}
