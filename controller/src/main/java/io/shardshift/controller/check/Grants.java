package io.shardshift.controller.check;

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

    Grants(String schema) {
        this.schema = schema;
    }

    void add(String line) {
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

    boolean hasInSchema(String right) {
        return hasGlobal(right) || here.contains(right) || here.contains("ALL PRIVILEGES");
    }

    boolean hasPerformanceSchema() {
        return performanceSchema || hasGlobal("SELECT");
    }
}
