package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;

/** Fails without a primary key: rows are named by it. */
final class PrimaryKeyExists extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) {
        if (schema.primaryKey().isEmpty()) {
            findings.fail(
                    Findings.at(source, schema.name()),
                    Problem.of(
                                    ErrorCode.PRIMARY_KEY_MISSING,
                                    "{} of {} has no primary key over whole columns that are written",
                                    schema.name(),
                                    source)
                            .remedy("ALTER TABLE {} ADD PRIMARY KEY (...)", Identifiers.quote(schema.name())));
        }
    }
}
