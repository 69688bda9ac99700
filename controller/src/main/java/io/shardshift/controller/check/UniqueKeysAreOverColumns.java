package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.TableSchema.UniqueKey;

/** Fails for a unique key over an expression, a prefix or a generated column: a row in the way of a mirror write could not be found by it [15]. */
final class UniqueKeysAreOverColumns extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) {
        for (UniqueKey key : schema.uniqueKeys()) {
            if (key.columns().isEmpty() && !key.isPrimary()) { // [15]; a primary key is the finding of PrimaryKeyExists
                findings.fail(
                        Findings.at(source, schema.name()),
                        Problem.of(
                                        ErrorCode.UNIQUE_KEY_OVER_EXPRESSION,
                                        "key {} of {} on {} is unique over an expression, a prefix or a generated column,"
                                                + " expected whole columns that are written",
                                        key.name(),
                                        schema.name(),
                                        source)
                                .remedy(
                                        "ALTER TABLE {} DROP KEY {}, ADD KEY {} (...); -- one that is not unique",
                                        Identifiers.quote(schema.name()),
                                        Identifiers.quote(key.name()),
                                        Identifiers.quote(key.name())));
            }
        }
    }
}
