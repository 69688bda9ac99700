package io.shardshift.lab.workload;

import java.util.List;

/** Tables of different shape: composite key with text, auto-increment with JSON and decimals, a counter with a timestamp. */
public final class ShopTables {
    public static final List<String> STATEMENTS = List.of(
            "CREATE TABLE items (user_id BIGINT NOT NULL, item_no INT NOT NULL, label TEXT NOT NULL, qty INT NOT NULL,"
                    + " PRIMARY KEY (user_id, item_no)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE orders (id BIGINT NOT NULL AUTO_INCREMENT, user_id BIGINT NOT NULL, amount DECIMAL(12,2) NOT"
                    + " NULL, payload JSON NOT NULL, created TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),"
                    + " PRIMARY KEY (id), KEY by_user (user_id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE counters (user_id BIGINT NOT NULL, hits BIGINT NOT NULL, updated DATETIME(6) NULL,"
                    + " PRIMARY KEY (user_id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");

    private ShopTables() {}
}
