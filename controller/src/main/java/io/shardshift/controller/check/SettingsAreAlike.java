package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.List;

/** Warns where a setting that changes what a statement means differs from the first source's: an application would see it at a hand-off. */
final class SettingsAreAlike extends ShardCheck {
    private static final List<String> SETTINGS = List.of(
            "sql_mode",
            "time_zone",
            "system_time_zone",
            "character_set_server",
            "collation_server",
            "default_collation_for_utf8mb4",
            "explicit_defaults_for_timestamp",
            "transaction_isolation",
            "innodb_rollback_on_timeout",
            "div_precision_increment",
            "group_concat_max_len",
            "lc_time_names",
            "default_week_format",
            "block_encryption_mode");

    SettingsAreAlike() {
        super(Side.TARGETS, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView target, Findings findings) throws SQLException {
        if (context.sources().isEmpty()) {
            return; // the finding of ShardAnswers
        }
        ShardView source = context.sources().get(0);
        for (String variable : SETTINGS) {
            String wanted = source.setting(variable);
            String found = target.setting(variable);
            boolean counts = !variable.equals("system_time_zone")
                    || source.setting("time_zone").equals("SYSTEM");
            if (counts && !found.equals(wanted)) {
                findings.warn(
                        target,
                        Problem.of(
                                        ErrorCode.SETTINGS_DIFFER,
                                        "{} is '{}' on {}, expected '{}' as on {}",
                                        variable,
                                        found,
                                        target,
                                        wanted,
                                        source)
                                .because("the same statement may mean something else after a hand-off")
                                .remedy("{}", remedy(variable, wanted, target)));
            }
        }
    }

    private static String remedy(String variable, String wanted, ShardView target) {
        if (variable.equals("system_time_zone")) {
            return "TZ=" + wanted + " # in the environment of the server of " + target + ", then restart it";
        }
        String value = wanted.matches("\\d+") ? wanted : "'" + wanted + "'";
        boolean dynamic = !variable.equals("innodb_rollback_on_timeout");
        return dynamic
                ? "SET PERSIST " + variable + " = " + value
                : "SET PERSIST_ONLY " + variable + " = " + value + "; RESTART";
    }
}
