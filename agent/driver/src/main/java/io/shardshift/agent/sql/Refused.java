package io.shardshift.agent.sql;

/**
 * A statement that cannot be routed safely; nothing has changed.
 *
 * @param reason why, for programs
 * @param why why, as a sentence without the statement and without any value
 * @param remedy what to do instead
 * @param statement the statement as it may be shown: by {@link SqlText#forMessage}
 */
public record Refused(Reason reason, String why, String remedy, String statement) implements Analysis {

    /** Why statements are refused. */
    public enum Reason {
        /** No statement in the text. */
        EMPTY,
        /** An open quote or comment, or a character that MySQL does not know. */
        MALFORMED,
        /** More than one statement in one text. */
        MULTIPLE_STATEMENTS,
        /** A comment that MySQL runs as code. */
        EXECUTABLE_COMMENT,
        /** The text, or its nesting, is too large to be analysed. */
        TOO_COMPLEX,
        /** The analysis cannot read it. */
        NOT_UNDERSTOOD,
        /** A kind of statement that the agent never runs (XA, LOCK TABLES, CALL, LOAD DATA, ...). */
        STATEMENT_KIND,
        /** A function that locks by name, or one that may be a stored function. */
        FUNCTION,
        /** A table of the migration's bookkeeping. */
        BOOKKEEPING_TABLE,
        /** A write to a table that the keyspace does not know. */
        UNKNOWN_TABLE,
        /** A write to several tables at once. */
        SEVERAL_TABLES,
        /** IGNORE: what it did cannot be told. */
        IGNORE,
        /** INTO OUTFILE, DUMPFILE or a variable. */
        INTO,
        /** A condition of a write that two statements of one transaction may answer differently. */
        NOT_DETERMINISTIC,
        /** A row that is inserted without a column list has another number of values than the table has columns. */
        COLUMN_COUNT,
        /** An inserted row without a plain value for the shard key. */
        SHARD_KEY_MISSING,
        /** A session variable that must stay as the agent set it. */
        SESSION_VARIABLE
    }

    /** One sentence for the application: why, what to do, and the statement. */
    public String message() {
        return why + ". " + remedy + ". Nothing has changed. Statement: " + statement;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.refused(this);
    }
}
