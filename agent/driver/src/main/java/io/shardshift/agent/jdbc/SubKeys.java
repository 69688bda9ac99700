package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.shard.Column;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.StoredForm;
import io.shardshift.shard.ValueForm;
import java.sql.SQLException;
import java.sql.ShardingKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A sharding key as JDBC 4.3 has it: one value for each column of the keyspace's shard key, in order. Immutable.
 *
 * <p>It binds a connection to one key. What names no shard key at all, and any shard can answer, goes to that key's shard.
 * It does <em>not</em> make a statement without a shard key safe: a shard that does not own all slots may hold mirrored
 * rows, and those that an ended migration has left there, so such a statement runs only where one shard owns every slot,
 * as without a key, and is refused with 0A000 elsewhere. Adding the key to its WHERE instead was rejected: an application
 * that counts a shard's rows would be given another number than it asked for, in silence.
 */
record SubKeys(List<Object> values) implements ShardingKey {
    SubKeys {
        values = List.copyOf(values);
    }

    /** Throws 0A000, before anything changes, for a statement that names another key than this. */
    void requireNoOther(ShardKeyCondition condition, List<ShardedTable> tables, StatementCall call)
            throws SQLException {
        if (!(condition instanceof ShardKeyCondition.Values named)) {
            return;
        }
        for (List<ValueSource> key : named.alternatives()) {
            for (ShardedTable table : tables) {
                Optional<List<byte[]>> other = BoundValues.shardKey(key, call.parameters(), table);
                if (other.isPresent() && !isEqual(other.get(), neutral(table))) {
                    throw AgentErrors.refused("it names another shard key than the connection is bound to", call.sql());
                }
            }
        }
    }

    private static boolean isEqual(List<byte[]> named, Optional<List<byte[]>> bound) {
        if (bound.isEmpty() || bound.get().size() != named.size()) {
            return false;
        }
        for (int i = 0; i < named.size(); i++) {
            if (!Arrays.equals(named.get(i), bound.get().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The slot, in which all of the keyspace's tables must agree; empty where this is no shard key of them. */
    Optional<Integer> slot(Collection<ShardedTable> tables, ShardKeyForm form) {
        Optional<Integer> found = Optional.empty();
        for (ShardedTable table : tables) {
            Optional<List<byte[]>> key = neutral(table).filter(some -> form == ShardKeyForm.AS_IS || isLower(table));
            int slot = key.isEmpty() ? -1 : table.slot(key.get());
            if (slot < 0 || (found.isPresent() && found.get() != slot)) {
                return Optional.empty();
            }
            found = Optional.of(slot);
        }
        return found;
    }

    private boolean isLower(ShardedTable table) {
        for (int i = 0; i < values.size(); i++) {
            boolean text = column(table, i).form() == ValueForm.TEXT;
            if (text && !(values.get(i) instanceof String value && ShardKeyForms.isAsciiLower(value))) {
                return false;
            }
        }
        return true;
    }

    private Optional<List<byte[]>> neutral(ShardedTable table) {
        if (values.isEmpty() || values.size() != table.shardKey().size()) {
            return Optional.empty();
        }
        byte[][] neutral = new byte[values.size()][];
        for (int i = 0; i < neutral.length; i++) {
            Optional<byte[]> value = BoundValues.stored(values.get(i), column(table, i))
                    .filter(StoredForm.Stored::isCertain)
                    .flatMap(StoredForm.Stored::neutral);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            neutral[i] = value.get();
        }
        return Optional.of(List.of(neutral));
    }

    private static Column column(ShardedTable table, int place) {
        return table.schema().columns().get(table.shardKey().get(place));
    }

    /** Values are the application's: they are not shown. */
    @Override
    public String toString() {
        return "sharding key of " + values.size() + " values";
    }
}
