package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails where a table is defined otherwise on two shards: rows travel by column, and must mean the same. */
final class DefinitionsAreAlike implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (String table : context.tables()) {
            Optional<ShardView> first = Optional.empty();
            for (ShardView shard : sourcesFirst(context)) {
                Optional<TableSchema> found = shard.schema(table);
                if (found.isEmpty()) {
                    continue; // a target's is made from the source's
                }
                if (first.isEmpty()) {
                    first = Optional.of(shard);
                    continue;
                }
                String wanted = first.get().schema(table).orElseThrow().definition();
                if (!found.get().definition().equals(wanted)) {
                    findings.fail(
                            Findings.at(shard, table),
                            problem(
                                    table,
                                    first.get(),
                                    wanted,
                                    shard,
                                    found.get().definition()));
                }
            }
        }
        return findings.list();
    }

    private static List<ShardView> sourcesFirst(CheckContext context) {
        List<ShardView> shards = new ArrayList<>(context.sources());
        context.targets().stream().filter(shard -> !shard.isSource()).forEach(shards::add);
        return shards;
    }

    private static Problem problem(String table, ShardView first, String wanted, ShardView shard, String found) {
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
                        "{} differs: {} has '{}', {} has '{}'",
                        table,
                        first,
                        line(wantedLines, line),
                        shard,
                        line(foundLines, line))
                .remedy("alter {} on {} to the definition on {}, or drop it there if it is empty", table, shard, first);
    }

    private static String line(List<String> lines, int number) {
        return number < lines.size() ? lines.get(number).strip() : "nothing more";
    }
}
