package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.shard.Column;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.ValueForm;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The form of a text shard key under a collation that sees several texts as one: only lower-case ASCII without spaces at
 * the end is admitted, so that what MySQL finds equal has one slot [18]. Stateless.
 */
final class ShardKeyForms {
    private ShardKeyForms() {}

    static void requireAsciiLower(ShardKeyCondition condition, List<ShardedTable> tables, StatementCall call)
            throws SQLException {
        if (!(condition instanceof ShardKeyCondition.Values values)) {
            return;
        }
        for (List<ValueSource> key : values.alternatives()) {
            for (ShardedTable table : tables) {
                for (int i = 0; i < Math.min(key.size(), table.shardKey().size()); i++) {
                    Column column =
                            table.schema().columns().get(table.shardKey().get(i));
                    Optional<String> value = column.form() == ValueForm.TEXT
                            ? BoundValues.text(key.get(i), call.parameters())
                            : Optional.empty();
                    if (value.isPresent() && !isAsciiLower(value.get())) {
                        throw AgentErrors.refused(
                                "the keyspace declares shardKeyForm: asciiLower, and the value of " + column.name()
                                        + " is not lower-case ASCII without spaces at its end",
                                call.sql());
                    }
                }
            }
        }
    }

    static boolean isAsciiLower(String text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text)
                && text.chars().noneMatch(c -> c >= 'A' && c <= 'Z')
                && !text.endsWith(" ");
    }
}
