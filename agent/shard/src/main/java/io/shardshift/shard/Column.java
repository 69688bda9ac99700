package io.shardshift.shard;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * A column that travels.
 *
 * @param form how its values travel
 * @param charset MySQL's name of the character set, empty for columns without one
 * @param collation MySQL's name of the collation, empty likewise
 * @param javaCharset the same in Java; UTF-8 where there is none
 */
public record Column(String name, ValueForm form, String charset, String collation, Charset javaCharset) {
    /** The name as an SQL identifier. */
    public String quoted() {
        return Identifiers.quote(name);
    }

    /** Canonical form of a neutral value, from which slots are computed: text in UTF-8, all else as it travels. */
    byte[] canonical(byte[] neutral) {
        return form == ValueForm.TEXT && !javaCharset.equals(StandardCharsets.UTF_8)
                ? new String(neutral, javaCharset).getBytes(StandardCharsets.UTF_8)
                : neutral;
    }

    /** SQL expression of the canonical form, from which slots are computed. */
    public String canonicalSql() {
        return form.canonicalSql(quoted());
    }
}
