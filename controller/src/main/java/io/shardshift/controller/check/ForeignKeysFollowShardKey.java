package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Fails, until the plan accepts it, for a foreign key that lets a row refer to one of another slot: on another shard it is not seen. */
final class ForeignKeysFollowShardKey extends ShardCheck {
    ForeignKeysFollowShardKey() {
        super(Side.SOURCES, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        if (context.allSlotsMoveTogether()) {
            return;
        }
        Map<List<String>, List<String>> pairs = new TreeMap<>(Comparator.comparing(List::toString));
        for (SqlRow row : source.queryTables("SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, COLUMN_NAME,"
                + " REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE"
                + " WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME IN {tables} AND REFERENCED_TABLE_NAME IN {tables}")) {
            pairs.computeIfAbsent(List.of(row.text(1), row.text(2), row.text(3)), any -> new ArrayList<>())
                    .add(pair(row.text(4), row.text(5)));
        }
        for (Map.Entry<List<String>, List<String>> entry : pairs.entrySet()) {
            List<String> key = entry.getKey();
            if (!follows(context.shardKey(key.get(0)), context.shardKey(key.get(2)), entry.getValue())) {
                report(context, source, key, findings);
            }
        }
    }

    private static String pair(String column, String referenced) {
        return column.toLowerCase(Locale.ROOT) + "=" + referenced.toLowerCase(Locale.ROOT);
    }

    /** Each column of the child's shard key equals its counterpart in the parent's. */
    private static boolean follows(List<String> child, List<String> parent, List<String> pairs) {
        boolean follows = child.size() == parent.size();
        for (int i = 0; follows && i < child.size(); i++) {
            follows = pairs.contains(pair(child.get(i), parent.get(i)));
        }
        return follows;
    }

    private static void report(CheckContext context, ShardView source, List<String> key, Findings findings) {
        String table = key.get(0);
        findings.failUnlessAccepted(
                context,
                Findings.at(source, table),
                Problem.of(
                                ErrorCode.FOREIGN_KEY_ACROSS_SHARDS,
                                "foreign key {} of {} refers {} to {} without their shard keys {} and {}",
                                key.get(1),
                                source,
                                table,
                                key.get(2),
                                context.shardKey(table),
                                context.shardKey(key.get(2)))
                        .because("the row that is referred to may be on another shard")
                        .remedy(
                                "ALTER TABLE {} DROP FOREIGN KEY {};",
                                Identifiers.quote(table),
                                Identifiers.quote(key.get(1))));
    }
}
