package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Fails where the user of agents lacks a right that it needs on a shard, source or target: its first dual write would fail.
 * The users are those of the agents that are connected to any of the shards now.
 */
final class AgentsHaveRights extends ShardCheck {
    /** Temporary tables tell, while rows are mirrored, what the server makes of the rows that an INSERT gives. */
    private static final List<String> SCHEMA =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE TEMPORARY TABLES");

    private static final String CONNECTED = "SELECT DISTINCT th.PROCESSLIST_USER FROM performance_schema.threads th"
            + " JOIN performance_schema.session_connect_attrs c ON c.PROCESSLIST_ID = th.PROCESSLIST_ID"
            + " WHERE c.ATTR_NAME = 'program_name' AND c.ATTR_VALUE LIKE 'shardshift-agent-%'";

    AgentsHaveRights() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        Set<String> users = new TreeSet<>();
        for (ShardView any : context.shards()) {
            any.query(CONNECTED).forEach(row -> users.add(row.text(1)));
        }
        if (!users.isEmpty()
                && !Grants.read(shard, "mysql", "SHOW GRANTS")
                        .missingInSchema(List.of("SELECT"))
                        .isEmpty()) {
            reportBlind(shard, users, findings);
            return;
        }
        for (String user : users) {
            inspect(shard, user, findings);
        }
    }

    private static void reportBlind(ShardView shard, Set<String> users, Findings findings) throws SQLException {
        String ours = Grants.account(shard.query("SELECT CURRENT_USER()").get(0).text(1));
        findings.warn(
                shard,
                Problem.of(
                                ErrorCode.AGENT_RIGHTS_MISSING,
                                "the rights of agents' users {} on {} cannot be seen",
                                users,
                                shard)
                        .because("the controller's user {} lacks SELECT on mysql.*", ours)
                        .remedy("GRANT SELECT ON mysql.* TO {}", ours));
    }

    private static void inspect(ShardView shard, String user, Findings findings) throws SQLException {
        String schema = shard.schemaName();
        String on = Identifiers.quote(schema) + ".*";
        List<SqlRow> accounts = shard.query("SELECT CONCAT(User, '@', Host) FROM mysql.user WHERE User = ?", user);
        if (accounts.isEmpty()) {
            findings.warn(
                    shard,
                    Problem.of(
                                    ErrorCode.AGENT_RIGHTS_MISSING,
                                    "{} has no user '{}', which agents have elsewhere",
                                    shard,
                                    user)
                            .because("agents may have credentials of another name for {}", shard)
                            .remedy(
                                    "CREATE USER '{}'@'%' IDENTIFIED BY ...; GRANT {} ON {} TO '{}'@'%'",
                                    user, String.join(", ", SCHEMA), on, user));
        }
        for (SqlRow row : accounts) {
            String account = Grants.account(row.text(1));
            Grants grants = Grants.read(shard, schema, "SHOW GRANTS FOR " + account);
            List<String> missing = grants.missingInSchema(SCHEMA);
            if (!missing.isEmpty()) {
                findings.fail(
                        shard,
                        Grants.problem(ErrorCode.AGENT_RIGHTS_MISSING, shard, "agents' user", account, missing, on));
            }
        }
    }
}
