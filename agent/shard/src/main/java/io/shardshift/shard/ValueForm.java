package io.shardshift.shard;

/** How values of a column travel: what is selected, what is bound, and whether an event's image can be compared [27]. */
public enum ValueForm {
    /** Integers, YEAR and DECIMAL: digits as MySQL prints them. */
    NUMBER,
    /** FLOAT by {@code col + 0E0}: its own text has too few digits. */
    FLOAT,
    DOUBLE,
    /** DATE, TIME, DATETIME: text; TIMESTAMP: text in UTC. */
    TEMPORAL,
    TIMESTAMP,
    /** CHAR, VARCHAR, TEXT, ENUM, SET: bytes in the column's own character set. */
    TEXT,
    /** BINARY, VARBINARY, BLOB. */
    BINARY,
    BIT,
    /** As utf8mb4 text. */
    JSON,
    /** Spatial types in the server's inner form. */
    SPATIAL;

    String canonicalSql(String quotedColumn) {
        return switch (this) {
            case TEXT, TEMPORAL -> "CONVERT(" + quotedColumn + " USING utf8mb4)";
            case NUMBER -> "CONVERT(" + quotedColumn + " + 0 USING utf8mb4)"; // without the zeros of ZEROFILL and YEAR
            case BINARY -> quotedColumn;
            case FLOAT, DOUBLE, TIMESTAMP, BIT, JSON, SPATIAL ->
                throw new IllegalArgumentException(
                        "a shard key is an integer, decimal, date, text or binary column, not " + this);
        };
    }

    /** Whether values may be of any length. */
    boolean isLong() {
        return this == TEXT || this == BINARY || this == JSON || this == SPATIAL;
    }

    /** Whether an event's image of such a value can be compared with a row's neutral value byte by byte. */
    public boolean isComparable() {
        return switch (this) {
            case NUMBER, TEMPORAL, TIMESTAMP, TEXT, BINARY, BIT, DOUBLE -> true;
            case FLOAT, JSON, SPATIAL -> false;
        };
    }
}
