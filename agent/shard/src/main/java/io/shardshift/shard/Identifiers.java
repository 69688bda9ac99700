package io.shardshift.shard;

/** Quotes identifiers; nothing else ever puts a name into SQL. */
public final class Identifiers {
    private Identifiers() {}

    public static String quote(String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an identifier holds a NUL");
        }
        return "`" + identifier.replace("`", "``") + "`";
    }
}
