package io.shardshift.shard;

import java.util.List;

/** The bookkeeping tables on every shard: names, and how they are made. Text columns compare by bytes. */
public final class ShardTables {
    public static final String FENCE = "_shardshift_fence";
    public static final String BARRIER = "_shardshift_barrier";
    public static final String HOLD = "_shardshift_hold";
    public static final String AGENT = "_shardshift_agent";
    public static final String HEARTBEAT = "_shardshift_heartbeat";
    /** What a controller tells its own stream: which tables' rows to name. Three columns, as Debezium wants it. */
    public static final String SIGNAL = "_shardshift_signal";
    /** All our tables begin so; applications may not name them. */
    public static final String PREFIX = "_shardshift_";

    private static final String TEXT = " CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
    private static final String GROUP = "migration VARCHAR(80)" + TEXT + ", grp INT NOT NULL";

    private ShardTables() {}

    /** Statements that make what is absent, in order. */
    public static List<String> statements() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + FENCE + " (" + GROUP + ", role VARCHAR(16)" + TEXT
                        + ", peer VARCHAR(64)" + TEXT + ", server_uuid CHAR(36)" + TEXT
                        + ", term BIGINT NOT NULL, step BIGINT NOT NULL, PRIMARY KEY (migration, grp)) ENGINE=InnoDB",
                // Always empty: a parent of a foreign key is a barrier in the binlog's dependency order [20].
                "CREATE TABLE IF NOT EXISTS " + BARRIER + " (" + GROUP + ", PRIMARY KEY (migration, grp),"
                        + " FOREIGN KEY (migration, grp) REFERENCES " + FENCE + " (migration, grp)) ENGINE=InnoDB",
                "CREATE TABLE IF NOT EXISTS " + HOLD + " (" + GROUP
                        + ", until DATETIME(6) NOT NULL, PRIMARY KEY (migration, grp)) ENGINE=InnoDB",
                "CREATE TABLE IF NOT EXISTS " + AGENT + " (agent VARCHAR(80)" + TEXT + " PRIMARY KEY, state VARCHAR(16)"
                        + TEXT + ", host VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
                        + " pid BIGINT NOT NULL, since DATETIME(6) NOT NULL) ENGINE=InnoDB",
                "CREATE TABLE IF NOT EXISTS " + HEARTBEAT + " (purpose VARCHAR(160)" + TEXT
                        + " PRIMARY KEY, value BIGINT NOT NULL, at DATETIME(6) NOT NULL) ENGINE=InnoDB",
                "CREATE TABLE IF NOT EXISTS " + SIGNAL + " (id VARCHAR(160)" + TEXT + " PRIMARY KEY, type VARCHAR(120)"
                        + TEXT + ", data MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL) ENGINE=InnoDB");
    }
}
