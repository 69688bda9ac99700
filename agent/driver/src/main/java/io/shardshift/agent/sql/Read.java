package io.shardshift.agent.sql;

import java.util.List;
import java.util.Optional;

/** A query on tables. Immutable. */
public final class Read implements Analysis {

    private final TokenText text;
    private final int from;
    private final int to;
    private final List<TableRef> tables;
    private final RowLock lock;
    private final ShardKeyCondition shardKey;
    private final Optional<KeyCondition> pointRead;
    private final boolean systemOnly;

    Read(
            TokenText text,
            int from,
            int to,
            List<TableRef> tables,
            RowLock lock,
            ShardKeyCondition shardKey,
            Optional<KeyCondition> pointRead) {
        this.text = text;
        this.from = from;
        this.to = to;
        this.tables = List.copyOf(tables);
        this.lock = lock;
        this.shardKey = shardKey;
        this.pointRead = pointRead;
        this.systemOnly = tables.stream().allMatch(TableRef::isSystem);
    }

    /** The original. */
    public String text() {
        return text.text();
    }

    /** Number of the original's {@code ?} markers. */
    public int parameters() {
        return text.parameters();
    }

    /** Each use of a table, subqueries included; a table used twice is there twice. Views look like unknown tables. */
    public List<TableRef> tables() {
        return tables;
    }

    /** The locks it takes. A consistent read has {@link RowLock#NONE}. */
    public RowLock lock() {
        return lock;
    }

    /** The shard keys that it can meet; {@link ShardKeyCondition.None} also where it uses a table that is not known. */
    public ShardKeyCondition shardKey() {
        return shardKey;
    }

    /** Whether it could meet a row of any slot. */
    public boolean isKeyless() {
        return shardKey instanceof ShardKeyCondition.None;
    }

    /** Whether it uses nothing but the server's own tables: any shard answers. */
    public boolean isSystemOnly() {
        return systemOnly;
    }

    /**
     * The primary key, if this is a read of one table by its full primary key that answers without a row exactly when
     * no row fits: no join, subquery, grouping or aggregate. Other conditions may stand beside the key.
     */
    public Optional<KeyCondition> pointRead() {
        return pointRead;
    }

    /** The query with {@code FOR SHARE}; only for a consistent read, whose text has no locking clause. */
    public Rewritten forShare() {
        if (lock.locks()) {
            throw new IllegalStateException("the query locks by itself");
        }
        return SqlBuilder.of(text).head(to).sql(" FOR SHARE").build();
    }

    /** The query alone: within INSERT ... SELECT, the SELECT; its first comments are not part of it. */
    public Rewritten query() {
        return SqlBuilder.of(text).slice(from, to).build();
    }

    /** {@link #query} with {@code FOR SHARE}, as INSERT ... SELECT reads. Only for a query without a locking clause. */
    public Rewritten queryForShare() {
        if (lock.locks()) {
            throw new IllegalStateException("the query locks by itself");
        }
        return SqlBuilder.of(text).slice(from, to).sql(" FOR SHARE").build();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.read(this);
    }
}
