package io.shardshift.api.routing;

import java.util.regex.Pattern;

/** What a name may look like, so that it fits a znode path, a metric label and a MySQL row unescaped. */
final class Names {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    private Names() {}

    static void check(String what, String value, int maxCharacters) {
        if (value.length() > maxCharacters || !SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("a " + what + " has at most " + maxCharacters
                    + " letters, digits, '_', '-' or '.', beginning with a letter or digit; found '" + value + "'");
        }
    }
}
