package io.shardshift.agent.sql;

/**
 * How texts of ours name a column of a key so that no setting of the session makes another value of it.
 *
 * @param read what is selected: its bytes are the value's exact form
 * @param compared what is compared with {@code given}
 * @param given a {@code ?} for a value in that form, with what makes it comparable
 */
public record KeyColumn(String read, String compared, String given) {

    /** For a column whose plain text is exact. */
    static KeyColumn plain(String name) {
        return new KeyColumn(Names.quoted(name), Names.quoted(name), "?");
    }
}
