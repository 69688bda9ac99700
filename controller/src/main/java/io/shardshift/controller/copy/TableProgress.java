package io.shardshift.controller.copy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.PrimaryKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far copy or verification of one table from one source to one target has come; stored, so that a restart goes on here.
 * It may lag behind what was done, it never leads.
 *
 * @param version shape of this record, for a controller of another version
 * @param attempts group number to the attempt that this counts for [34]
 * @param doneUpTo everything up to this key is done: its values in hex; null: nothing yet
 * @param rows rows copied or compared
 * @param rowsTotal estimate of all rows, null when unknown
 * @param done whether the whole table is
 * @param differences rows found different after a second look; 0 for a copy
 * @param repaired those of them that are equal now
 * @param workedMillis how long the whole work, of all tables, had taken by then; null where an earlier version stored it
 */
public record TableProgress(
        int version,
        ShardName source,
        ShardName target,
        String table,
        Map<Integer, Long> attempts,
        @Nullable List<String> doneUpTo,
        long rows,
        @Nullable Long rowsTotal,
        boolean done,
        long differences,
        long repaired,
        @Nullable Long workedMillis) {
    public static final int VERSION = 1;

    public TableProgress {
        attempts = Map.copyOf(attempts);
        doneUpTo = doneUpTo == null ? null : List.copyOf(doneUpTo);
    }

    @JsonIgnore
    public Optional<PrimaryKey> key() {
        return doneUpTo == null
                ? Optional.empty()
                : Optional.of(new PrimaryKey(
                        doneUpTo.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)));
    }

    static @Nullable List<String> hex(Optional<PrimaryKey> key) {
        if (key.isEmpty()) {
            return null;
        }
        PrimaryKey present = key.get();
        String[] values = new String[present.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = HexFormat.of().formatHex(present.value(i));
        }
        return List.of(values);
    }
}
