package io.shardshift.controller.check;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Looks for names in SQL texts. Errs on the side of finding: a name in a comment or a text counts too. */
final class Mentions {
    private Mentions() {}

    /** Whether {@code sql}, whose own schema is {@code home}, names a table of {@code schema}. */
    static boolean table(String sql, String home, String schema, Collection<String> tables) {
        return (home.equals(schema) || any(sql, List.of(schema))) && any(sql, tables);
    }

    /** Whether {@code sql} holds one of {@code names} as a whole word, in any case. */
    static boolean any(String sql, Collection<String> names) {
        return names.stream()
                .anyMatch(name -> Pattern.compile(
                                "(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])",
                                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                        .matcher(sql)
                        .find());
    }
}
