package io.shardshift.controller.check;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Column;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.ValueForm;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails where texts that MySQL holds equal may have different slots [18]. */
final class ShardKeyTextIsBinary implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        if (context.keyspace().shardKeyForm() == ShardKeyForm.ASCII_LOWER) {
            return findings.list(); // agents refuse every other value [18]
        }
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = source.schema(table);
                if (schema.isEmpty()) {
                    continue;
                }
                for (Column column : schema.get().columns()) {
                    if (context.shardKey(table).stream().anyMatch(column.name()::equalsIgnoreCase)) {
                        inspect(context, source, table, column, findings);
                    }
                }
            }
        }
        return findings.list();
    }

    private static void inspect(CheckContext context, ShardView source, String table, Column column, Findings findings)
            throws SQLException {
        if (column.form() != ValueForm.TEXT) {
            return;
        }
        List<SqlRow> noPad = source.query(
                "SELECT 1 FROM information_schema.COLLATIONS WHERE COLLATION_NAME = ? AND PAD_ATTRIBUTE = 'NO PAD'",
                column.collation());
        boolean binary =
                column.collation().endsWith("_bin") || column.collation().equals("binary");
        if (noPad.isEmpty() || !binary) { // [18]
            findings.fail(
                    Findings.at(source, table),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_TEXT_NOT_BINARY,
                                    "{}.{} of {} has collation {}, expected a binary one that does not pad, in {}",
                                    table,
                                    column.name(),
                                    source,
                                    column.collation(),
                                    context.keyspace().name())
                            .because("values that differ in case or trailing spaces are equal, yet have other slots")
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} ... COLLATE utf8mb4_0900_bin, or keyspace shardKeyForm:"
                                            + " asciiLower",
                                    Identifiers.quote(table),
                                    column.quoted()));
        }
    }
}
