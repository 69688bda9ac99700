package io.shardshift.lab.bench;

import io.shardshift.lab.process.AdminClient;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** A keyspace on server 0 and its split onto servers 1 and 2: a canary group of one slot and eight more. */
final class SplitPlan {
    static final int GROUPS = 9;
    private static final int SLOTS = 64;

    private final BenchServers servers;
    private final String keyspace;

    SplitPlan(BenchServers servers, String keyspace) {
        this.servers = servers;
        this.keyspace = keyspace;
    }

    String keyspace() {
        return keyspace;
    }

    String migration() {
        return keyspace + "-split";
    }

    /** Schemas on all three servers, and {@link Accounts} with {@code rows} rows on the first. */
    void prepare(int rows) throws SQLException {
        for (int i = 0; i < 3; i++) {
            servers.mysql(i).createSchema(keyspace);
        }
        Accounts.execute(servers.mysql(0), keyspace, List.of(Accounts.CREATE));
        Accounts.load(servers.mysql(0), keyspace, rows);
    }

    void register(AdminClient admin) throws IOException, InterruptedException {
        admin.put(
                "/keyspaces/" + keyspace,
                "keyspace: " + keyspace + "\nslots: " + SLOTS + "\nshardFunction: crc32\ntables:\n  " + Accounts.TABLE
                        + ": {shardKey: user_id}\nshards:\n" + shard(0) + "slotMap:\n  " + keyspace + "-0: 0-"
                        + (SLOTS - 1) + "\nautoIncrement: {increment: 16}\nunique: [" + Accounts.TABLE + ".PRIMARY]\n");
    }

    void submit(AdminClient admin) throws IOException, InterruptedException {
        int half = SLOTS / 2;
        admin.post(
                "/migrations",
                "migration: " + migration() + "\nkeyspace: " + keyspace + "\nshards:\n" + shard(1) + shard(2)
                        + "slotMap:\n  " + keyspace + "-1: 0-" + (half - 1) + "\n  " + keyspace + "-2: " + half + "-"
                        + (SLOTS - 1) + "\ngates: {stopOldWrites: manual, complete: manual}\ngroups: {first: 1, then: "
                        + (GROUPS - 1) + "}\n");
    }

    void advance(AdminClient admin) throws IOException, InterruptedException {
        admin.post("/migrations/" + migration() + "/advance", "");
    }

    private String shard(int number) {
        return "  " + keyspace + "-" + number + ": {url: \""
                + servers.mysql(number).jdbcUrl(keyspace) + "\", credentials: bench-" + number + "}\n";
    }
}
