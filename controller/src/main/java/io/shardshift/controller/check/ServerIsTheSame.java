package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.shard.ShardTables;
import java.sql.SQLException;
import java.util.Optional;

/** Fails where another server answers for a shard than when the migration began: its fences name the old one, and agents stand still [19]. */
final class ServerIsTheSame extends ShardCheck {
    ServerIsTheSame() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException, ProblemException {
        String name = key(shard);
        String found = server(shard);
        Optional<String> known = context.scope() == Scope.PREFLIGHT
                ? Optional.empty()
                : context.remembered().get(name);
        if (known.isEmpty()) {
            context.remembered().put(name, found);
        }
        String wanted = known.orElse(found);
        if (found.equals(wanted) && context.scope() != Scope.PREFLIGHT) {
            wanted = stampedOtherwise(context, shard).orElse(found);
        }
        if (!found.equals(wanted)) { // [19]
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.SERVER_REPLACED,
                                    "{} is answered by server {}, expected {} as when the migration began",
                                    shard,
                                    found,
                                    wanted)
                            .because(
                                    "after a failover the new server may lack commits of the old one; agents write nothing there")
                            .remedy(
                                    "SELECT @@server_uuid; -- before STOP_OLD_WRITES all goes to the sources alone by itself: then"
                                            + " shardshift resume {}, which copies anew, or shardshift rollback {}; from"
                                            + " STOP_OLD_WRITES on shardshift rollback {}, which compares all again, or point the"
                                            + " url of {} back at {}",
                                    context.migration(),
                                    context.migration(),
                                    context.migration(),
                                    shard,
                                    wanted));
        }
    }

    /** Name of what is remembered of the shard. */
    static String key(ShardView shard) {
        return "server-" + shard;
    }

    static String server(ShardView shard) throws SQLException {
        return shard.query("SELECT @@GLOBAL.server_uuid").get(0).text(1);
    }

    /** The uuid that a fence of this migration carries, where it is not this server's. */
    private static Optional<String> stampedOtherwise(CheckContext context, ShardView shard) throws SQLException {
        if (context.groups().isEmpty() || !shard.hasTable(ShardTables.FENCE)) {
            return Optional.empty();
        }
        String migration = context.groups().get(0).id().migration().value();
        return shard
                .query(
                        "SELECT server_uuid FROM " + ShardTables.FENCE
                                + " WHERE migration = ? AND server_uuid <> @@GLOBAL.server_uuid ORDER BY grp LIMIT 1",
                        migration)
                .stream()
                .map(row -> row.text(1))
                .findFirst();
    }
}
