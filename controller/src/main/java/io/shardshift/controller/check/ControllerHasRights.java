package io.shardshift.controller.check;

import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Fails where the controller's user lacks a right, as far as SHOW GRANTS tells. */
final class ControllerHasRights extends ShardCheck {
    /** PROCESS for innodb_trx, replication for the stream. */
    private static final List<String> GLOBAL = List.of("PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE");

    private static final List<String> SCHEMA =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "REFERENCES", "TRIGGER", "EVENT");

    ControllerHasRights() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        String schema = shard.schemaName();
        String account =
                Grants.account(shard.query("SELECT CURRENT_USER()").get(0).text(1));
        Grants grants = Grants.read(shard, schema, "SHOW GRANTS");
        List<String> missing = new ArrayList<>();
        GLOBAL.stream().filter(right -> !grants.hasGlobal(right)).forEach(missing::add);
        if (!grants.hasGlobal("CONNECTION_ADMIN") && !grants.hasGlobal("SUPER")) {
            missing.add("CONNECTION_ADMIN");
        }
        Grants.report(findings, shard, "the controller's user", account, missing, "*.*");
        Grants.report(
                findings,
                shard,
                "the controller's user",
                account,
                grants.missingInSchema(SCHEMA),
                Identifiers.quote(schema) + ".*");
        List<String> select = grants.hasPerformanceSchema() ? List.of() : List.of("SELECT");
        Grants.report(findings, shard, "the controller's user", account, select, "performance_schema.*");
    }
}
