package io.shardshift.controller;

import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.sql.SQLException;
import java.util.Map;

/** A keyspace with one table on one real server, whose slots 8 to 15 of 16 a plan moves to another server. */
final class ShopOnServers implements AutoCloseable {
    final TestSchema source = TestCluster.schema(0, "shop");
    final TestSchema target = TestCluster.schema(1, "shop");

    ShopOnServers(int rows) throws SQLException {
        source.execute("CREATE TABLE orders (id INT PRIMARY KEY, state VARCHAR(20) NOT NULL)");
        if (rows > 0) {
            source.execute(
                    "INSERT INTO orders WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < "
                            + rows + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ i, 'new' FROM n");
        }
    }

    Map<String, String> secrets() {
        return Map.of(
                "SHARDSHIFT_SHOP_0_USER", source.server().user(),
                "SHARDSHIFT_SHOP_0_PASSWORD", source.server().password(),
                "SHARDSHIFT_SHOP_1_USER", target.server().user(),
                "SHARDSHIFT_SHOP_1_PASSWORD", target.server().password());
    }

    String keyspace() {
        return "keyspace: shop\nslots: 16\nshardFunction: modulo\ntables: {orders: {shardKey: id}}\n"
                + "shards: {shop-0: {url: \"" + source.jdbcUrl()
                + "\", credentials: shop-0}}\nslotMap: {shop-0: 0-15}\n";
    }

    /** @param more keys of the plan, such as gates */
    String plan(String name, String more) {
        return "migration: " + name + "\nkeyspace: shop\nshards: {shop-1: {url: \"" + target.jdbcUrl()
                + "\", credentials: shop-1}}\nslotMap: {shop-1: 8-15}\ngroups: {first: 1, then: 2}\n"
                + "handoff: {maxPause: 5s, deadline: 10s}\naccept: [COMMITS_NOT_DURABLE]\n" + more + "\n";
    }

    @Override
    public void close() throws SQLException {
        source.close();
        target.close();
    }
}
