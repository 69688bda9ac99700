package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What SHOW GRANTS prints, as far as whole schemas are concerned; rights through roles or on single tables are not seen. */
final class Grants {
    private static final Pattern GRANT = Pattern.compile("GRANT (.+) ON (?:TABLE )?(\\S+)\\.(\\S+) TO .*");

    private final String schema;
    private final Set<String> global = new HashSet<>();
    private final Set<String> here = new HashSet<>();
    private boolean performanceSchema;

    private Grants(String schema) {
        this.schema = schema;
    }

    /** What {@code show}, a SHOW GRANTS, prints there. */
    static Grants read(ShardView shard, String schema, String show) throws SQLException {
        Grants grants = new Grants(schema);
        for (SqlRow row : shard.query(show)) {
            grants.add(row.text(1));
        }
        return grants;
    }

    /** {@code user@host} as a statement names it. */
    static String account(String userAtHost) {
        int at = userAtHost.lastIndexOf('@');
        return quoted(userAtHost.substring(0, at)) + "@" + quoted(userAtHost.substring(at + 1));
    }

    private static String quoted(String name) {
        return "'" + name.replace("'", "''") + "'";
    }

    static Problem problem(
            ErrorCode code, ShardView shard, String whose, String account, List<String> missing, String on) {
        String rights = String.join(", ", missing);
        return Problem.of(code, "{} {} lacks {} on {} of {}", whose, account, rights, on, shard)
                .remedy("GRANT {} ON {} TO {}", rights, on, account);
    }

    static void report(
            Findings findings, ShardView shard, String whose, String account, List<String> missing, String on) {
        if (!missing.isEmpty()) {
            findings.fail(shard, problem(ErrorCode.RIGHTS_MISSING, shard, whose, account, missing, on));
        }
    }

    private void add(String line) {
        Matcher matcher = GRANT.matcher(line);
        if (!matcher.matches() || !matcher.group(3).equals("*")) {
            return;
        }
        List<String> rights = List.of(matcher.group(1).toUpperCase(Locale.ROOT).split(", "));
        String on = matcher.group(2);
        if (on.equals("*")) {
            global.addAll(rights);
        } else if (covers(on, schema)) {
            here.addAll(rights);
        } else if (covers(on, "performance_schema")) {
            performanceSchema |= rights.contains("SELECT");
        }
    }

    /** A schema in a grant is a pattern. */
    private static boolean covers(String quoted, String name) {
        StringBuilder regex = new StringBuilder();
        String pattern = quoted.replace("`", "");
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        return name.matches(regex.toString());
    }

    boolean hasGlobal(String right) {
        return global.contains(right) || global.contains("ALL PRIVILEGES");
    }

    private boolean hasInSchema(String right) {
        return hasGlobal(right) || here.contains(right) || here.contains("ALL PRIVILEGES");
    }

    /** Those of {@code rights} that are given neither globally nor on the schema. */
    List<String> missingInSchema(List<String> rights) {
        return rights.stream().filter(right -> !hasInSchema(right)).toList();
    }

    boolean hasPerformanceSchema() {
        return performanceSchema || hasGlobal("SELECT");
    }
}
