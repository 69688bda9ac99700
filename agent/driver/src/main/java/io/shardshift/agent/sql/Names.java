package io.shardshift.agent.sql;

/** Names as SQL texts quote them. */
final class Names {

    private Names() {}

    /** Without backquotes. */
    static String unquoted(String name) {
        return name.length() > 1 && name.startsWith("`") && name.endsWith("`")
                ? name.substring(1, name.length() - 1)
                : name;
    }

    /** In backquotes. */
    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
