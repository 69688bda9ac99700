package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where the controller's user lacks a right, as far as SHOW GRANTS tells. */
final class ControllerHasRights implements Check {
    /** PROCESS for innodb_trx, replication for the stream. */
    private static final List<String> GLOBAL = List.of("PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE");

    private static final List<String> SCHEMA =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "REFERENCES", "TRIGGER", "EVENT");

    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String schema = shard.query("SELECT DATABASE()").get(0).text(1);
            String user = shard.query("SELECT CURRENT_USER()").get(0).text(1);
            Grants grants = new Grants(schema);
            for (SqlRow row : shard.query("SHOW GRANTS")) {
                grants.add(row.text(1));
            }
            List<String> missing = new ArrayList<>();
            GLOBAL.stream().filter(right -> !grants.hasGlobal(right)).forEach(missing::add);
            if (!grants.hasGlobal("CONNECTION_ADMIN") && !grants.hasGlobal("SUPER")) {
                missing.add("CONNECTION_ADMIN");
            }
            if (!missing.isEmpty()) {
                findings.fail(shard, problem(shard, user, missing, "*.*"));
            }
            List<String> here =
                    SCHEMA.stream().filter(right -> !grants.hasInSchema(right)).toList();
            if (!here.isEmpty()) {
                findings.fail(shard, problem(shard, user, here, Identifiers.quote(schema) + ".*"));
            }
            if (!grants.hasPerformanceSchema()) {
                findings.fail(shard, problem(shard, user, List.of("SELECT"), "performance_schema.*"));
            }
        }
        return findings.list();
    }

    private static Problem problem(ShardView shard, String user, List<String> missing, String on) {
        String[] parts = user.split("@", 2);
        String account = "'" + parts[0] + "'@'" + (parts.length > 1 ? parts[1] : "%") + "'";
        String rights = String.join(", ", missing);
        return Problem.of(ErrorCode.RIGHTS_MISSING, "user {} lacks {} on {} of {}", account, rights, on, shard)
                .remedy("GRANT {} ON {} TO {}", rights, on, account);
    }
}
