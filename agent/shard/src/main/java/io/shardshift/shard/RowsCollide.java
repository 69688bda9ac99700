package io.shardshift.shard;

/** Two owners have a row with the same unique value: the mirror cannot hold both [15]. Nothing was changed. */
public final class RowsCollide extends Exception {
    private final String table;
    private final String uniqueKey;
    private final transient PrimaryKey ours;
    private final transient PrimaryKey inTheWay;

    RowsCollide(String table, String uniqueKey, PrimaryKey ours, PrimaryKey inTheWay) {
        super("row " + ours + " of table " + table + " meets row " + inTheWay + " of another owner by unique key "
                + uniqueKey);
        this.table = table;
        this.uniqueKey = uniqueKey;
        this.ours = ours;
        this.inTheWay = inTheWay;
    }

    public String table() {
        return table;
    }

    public String uniqueKey() {
        return uniqueKey;
    }

    /** Key of a row that was to be mirrored. */
    public PrimaryKey ours() {
        return ours;
    }

    /** Key of the row that stands on the mirror. */
    public PrimaryKey inTheWay() {
        return inTheWay;
    }
}
