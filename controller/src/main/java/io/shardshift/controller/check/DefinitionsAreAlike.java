package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Fails where a table is defined otherwise on two shards: rows travel by column, and must mean the same. */
final class DefinitionsAreAlike extends ShardCheck {
    DefinitionsAreAlike() {
        super(Side.ALL, Scope.AT_FIRST); // SchemaIsUnchanged looks after definitions from then on
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        for (String table : context.tables()) {
            Optional<TableSchema> found = shard.schema(table);
            Optional<ShardView> model = firstWith(context, table);
            if (found.isEmpty() || model.isEmpty()) {
                continue; // a target's is made from the source's
            }
            String wanted = model.get().schema(table).orElseThrow().definition();
            if (!found.get().definition().equals(wanted)) {
                Problem problem =
                        problem(table, model.get(), wanted, shard, found.get().definition());
                findings.fail(Findings.at(shard, table), problem);
            }
        }
    }

    private static Optional<ShardView> firstWith(CheckContext context, String table) throws SQLException {
        for (ShardView source : context.sources()) {
            if (source.schema(table).isPresent()) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }

    private static Problem problem(String table, ShardView model, String wanted, ShardView shard, String found) {
        List<String> wantedLines = wanted.lines().toList();
        List<String> foundLines = found.lines().toList();
        int line = 0;
        while (line < wantedLines.size()
                && line < foundLines.size()
                && wantedLines.get(line).equals(foundLines.get(line))) {
            line++;
        }
        return Problem.of(
                        ErrorCode.DEFINITIONS_DIFFER,
                        "{} of {} has '{}', expected '{}' as on {}",
                        table,
                        shard,
                        line(foundLines, line),
                        line(wantedLines, line),
                        model)
                .remedy(
                        "DROP TABLE {}; -- on {} if it is empty there, else ALTER it to SHOW CREATE TABLE of {}",
                        Identifiers.quote(table),
                        shard,
                        model);
    }

    private static String line(List<String> lines, int number) {
        return number < lines.size() ? lines.get(number).strip() : "nothing more";
    }
}
