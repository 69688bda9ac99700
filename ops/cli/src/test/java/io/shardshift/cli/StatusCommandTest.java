package io.shardshift.cli;

import static io.shardshift.cli.CommandRun.recorded;
import static io.shardshift.cli.ControllerPeer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
    private final ControllerPeer peer = new ControllerPeer();

    @AfterEach
    void close() {
        peer.close();
    }

    private CommandRun status(String recorded, String... more) {
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, recorded(recorded)));
        String[] args = new String[2 + more.length];
        args[0] = "status";
        args[1] = "shop-1-to-2";
        System.arraycopy(more, 0, args, 2, more.length);
        return CommandRun.of(peer, args);
    }

    @Test
    void showsAMigrationThatCopies() {
        CommandRun run = status("backfill");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        shop-1-to-2  keyspace shop
                          phase     BACKFILL  RUNNING  COPY  since 2026-11-24T10:00:00Z (5 min 0 s ago)
                          step      copy the rows; goes on by itself, as fast as the throttle lets it
                          meanwhile a write may wait some milliseconds
                          slots     0 of 1,024 moved
                          eta       40 s
                          copy      [##################------------] 60 %  120,000 of 200,000 rows  41,000 rows/s  ETA 2 s
                                    orders  100 %  50,000 of 50,000 rows
                                    order_lines  -
                          streams   shop-0  lag 12 ms  900 events/s  0 repaired
                          verified  0 rows compared  0 differences  0 repaired
                          throttle  open
                          agents    2 of 3 have acknowledged routes epoch 7
                          hand-off  expected pause 40 ms  longest so far unknown
                          rollback  ready
                          resume    possible until 2026-11-26T03:00:00Z (in 1 d 16 h)
                          history   DUAL_WRITE 1 min 0 s
                          next      system
                        """);
    }

    @Test
    void whatWasNotMeasuredIsNever0() {
        CommandRun run = status("unmeasured");

        assertThat(run.out())
                .contains("slots     unknown of 1,024")
                .contains("copy      unknown of unknown rows  unknown rows/s  ETA unknown")
                .contains("shop-0  lag unknown  unknown events/s  unknown repaired")
                .contains("verified  -", "throttle  unknown", "hand-off  -", "rollback  unknown")
                .contains("unknown of unknown have acknowledged routes epoch unknown");
        assertThat(run.out().replace("(5 min 0 s ago)", "")).doesNotContainPattern(" 0\\b");
    }

    @Test
    void showsWhatBlocksAndWhatMendsIt() {
        CommandRun run = status("blocked");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("throttle  closed: replica lag 6 s > 5 s")
                .contains("rollback  not ready: reverse stream of shop-1 lags")
                .contains("next      operator: shardshift advance shop-1-to-2")
                .contains("streams   -")
                .endsWith("""

                                HANDOFF_HELD_BY_TRANSACTION  Slots 0-63 of shop stay on shop-0: not drained within 2 s. Nothing has changed.
                                  why     web-3, pid 4121, connection 881 has held slot 17 for 41 s: UPDATE orders [31m SET state = ? WHERE user_id = ?
                                  since   2026-11-24T10:04:19Z (41 s ago)
                                  remedy  end it there, or KILL 881 on shop-0; next try in 30 s

                                AGENT_SILENT  web-4, pid 77, has not acknowledged epoch 9
                                  since   2026-11-24T10:04:50Z (10 s ago)
                                  remedy  it is expelled in 20 s
                                """);
        assertThat(run.out()).doesNotContain("\033");
    }

    @Test
    void ofWhatHasEndedOnlyWhatIsStillOfInterestIsShown() {
        CommandRun run = status("failed");

        assertThat(run.out()).isEqualTo("""
                        shop-1-to-2  keyspace shop
                          phase     PREPARE  FAILED  since 2026-11-24T10:00:02Z (4 min 57 s ago)
                          slots     0 of 1,024 moved
                          copy      -
                          verified  -
                          hand-off  expected pause unknown  longest so far unknown
                          history   PREPARE 2 s
                          next      nothing: it has ended

                        PREFLIGHT_FAILED  2 of the checks failed; nothing has changed. The first: sync_binlog is 0
                          since   2026-11-24T10:00:02Z (4 min 57 s ago)
                          remedy  SET PERSIST sync_binlog = 1; shardshift plan explain FILE shows every finding
                        """);
    }

    @Test
    void aGateIsShownWithTheCommandThatOpensIt() {
        CommandRun run = status("gate");

        assertThat(run.out())
                .contains("phase     BACKFILL  WAITING  ALL_READS  since")
                .contains("copy      [##############################] 100 %  5,000 of 5,000 rows  done")
                .contains(
                        "streams   shop-0  lag 21 ms", "shop-1  lag unknown", "3 writes past the agents  BROKEN  gone")
                .endsWith("  remedy  shardshift advance shop-1-to-2\n");
    }

    @Test
    void theLastGateIsOpenedByComplete() {
        String gate = recorded("gate")
                .replace("ALL_READS", "HANDOFF_REST")
                .replace("shardshift advance shop-1-to-2", "shardshift complete shop-1-to-2: no rollback afterwards");
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, gate));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out())
                .contains("next      operator: shardshift complete shop-1-to-2\n")
                .endsWith("  remedy  shardshift complete shop-1-to-2: no rollback afterwards\n");
    }

    @Test
    void aPurgeIsShown() {
        String purged = recorded("failed").stripTrailing();
        purged = purged.substring(0, purged.length() - 1)
                + ", \"purge\": {\"state\": \"DONE\", \"rows\": 1234, \"problem\": null}}";
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, purged));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out())
                .contains("  purge     DONE  1,234 rows removed\n");
    }

    @Test
    void aPurgeUnderWaySaysHowMuchIsLeft() {
        String purged = recorded("failed").stripTrailing();
        purged = purged.substring(0, purged.length() - 1)
                + ", \"purge\": {\"state\": \"RUNNING\", \"rows\": 1234, \"rowsTotal\": 5000, \"etaSeconds\": 12,"
                + " \"problem\": null}}";
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, purged));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out())
                .contains("  purge     RUNNING  1,234 of about 5,000 rows removed  ETA 12 s\n");
    }

    @Test
    void howFastItWasIsToldWhenItIsOver() {
        String ended = recorded("gate").replace("\"done\": true", "\"done\": true, \"averageRowsPerSecond\": 41000");
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, ended));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out())
                .contains("5,000 of 5,000 rows  done, 41,000 rows/s on average\n");
    }

    @Test
    void atAGateTheStepIsDone() {
        String gate = recorded("gate")
                .replace(
                        "\"step\": \"ALL_READS\"",
                        "\"step\": \"ALL_READS\", \"stepText\": {\"does\": \"send all reads to the new shards\","
                                + " \"goesOn\": \"by itself\", \"application\": \"reads come from the new shards\"}");
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, gate));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out())
                .contains("  step      done: send all reads to the new shards\n")
                .contains("  meanwhile reads come from the new shards\n");
    }

    @Test
    void whatThePlanAcceptsStandsLastInALineEach() {
        String accepted = "{\"code\": \"COMMITS_NOT_DURABLE\", \"what\": \"sync_binlog is 0 on shop-%s\","
                + " \"accepted\": true, \"why\": \"said otherwise by now\", \"since\": null, \"remedy\": \"SET PERSIST sync_binlog = 1\"}";
        peer.on(
                "GET /api/v1/migrations/shop-1-to-2",
                json(
                        200,
                        recorded("blocked")
                                .replace(
                                        "\"blockedBy\": [",
                                        "\"blockedBy\": [" + accepted.formatted(0) + ", " + accepted.formatted(1)
                                                + ", ")));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out()).endsWith("""
                          remedy  it is expelled in 20 s

                        accepted: COMMITS_NOT_DURABLE  sync_binlog is 0 on shop-0
                        accepted: COMMITS_NOT_DURABLE  sync_binlog is 0 on shop-1
                        """);
    }

    @Test
    void printsTheServersJsonAsItIs() {
        assertThat(status("blocked", "--json")).isEqualTo(new CommandRun(0, recorded("blocked"), ""));
    }

    @Test
    void whatOnlyWarnsStandsBelowWhatBlocksAndIsDimmedInATerminal() {
        String warning = "{\"code\": \"%s\", \"what\": \"%s\", \"since\": null, \"remedy\": \"%s\", \"accepted\": %s}";
        String status = recorded("blocked")
                .replace(
                        "\"blockedBy\": [",
                        "\"warnings\": ["
                                + warning.formatted("COMMITS_NOT_DURABLE", "sync_binlog is 0", "set it to 1", true)
                                + ", "
                                + warning.formatted("FOREIGN_WRITERS", "connection 7 is no agent", "KILL 7;", false)
                                + "], \"blockedBy\": [");
        peer.on("GET /api/v1/migrations/shop-1-to-2", json(200, status), json(200, status));

        assertThat(CommandRun.of(peer, "status", "shop-1-to-2").out()).endsWith("""
                          remedy  it is expelled in 20 s

                        warning: FOREIGN_WRITERS  connection 7 is no agent
                          remedy  KILL 7;
                        accepted: COMMITS_NOT_DURABLE  sync_binlog is 0
                        """);
        assertThat(CommandRun.of(Map.of("SHARDSHIFT_URL", peer.url()), true, "status", "shop-1-to-2")
                        .out())
                .contains("\n\033[2mwarning: FOREIGN_WRITERS  connection 7 is no agent\033[0m\n")
                .contains("\nAGENT_SILENT");
    }

    @Test
    void listsAllMigrations() {
        String list = "[" + recorded("backfill") + "," + recorded("blocked") + "," + recorded("unmeasured") + "]";
        peer.on("GET /api/v1/migrations", json(200, list), json(200, "{\"migrations\": " + list + "}"));

        String table = """
                MIGRATION    KEYSPACE  PHASE            STATE    COPIED  SLOTS MOVED       SINCE                                 WHY
                shop-1-to-2  shop      BACKFILL         RUNNING  60 %    0 of 1,024        2026-11-24T10:00:00Z (5 min 0 s ago)  -
                shop-1-to-2  shop      STOP_OLD_WRITES  BLOCKED  100 %   64 of 1,024       2026-11-24T10:00:00Z (5 min 0 s ago)  HANDOFF_HELD_BY_TRANSACTION
                shop-1-to-2  shop      PREPARE          RUNNING  -       unknown of 1,024  2026-11-24T10:00:00Z (5 min 0 s ago)  -
                """;
        assertThat(CommandRun.of(peer, "status").out()).isEqualTo(table);
        assertThat(CommandRun.of(peer, "status").out()).isEqualTo(table);
        assertThat(CommandRun.of(peer, "status", "--json").out()).startsWith("{\"migrations\": [{");
    }

    @Test
    void showsAKeyspaceAndItsAgents() {
        peer.on("GET /api/v1/keyspaces/shop", json(200, """
                {"keyspace": "shop", "slots": 1024, "shardFunction": {"kind": "crc32", "slots": 1024},
                 "tables": {"orders": {}, "order_lines": {}},
                 "shards": {"shop-0": {"url": "jdbc:mysql://db0/shop"}, "shop-1": {"url": "jdbc:mysql://db1/shop"}},
                 "slotMap": {"shop-0": ["0-511", 600], "shop-1": "512-599"}, "running": "m", "migrations": [{"name": "m", "phase": "PREPARE",
                 "state": "RUNNING"}]}"""));
        peer.on("GET /api/v1/keyspaces/shop/agents", json(200, """
                [{"id": "a1", "host": "web-3", "acknowledgedEpoch": 7, "lastContact": null},
                 {"id": "a2", "host": "web-4", "acknowledgedEpoch": 6, "version": "0.1.0",
                  "holding": [{"thread": "http-7", "statement": "UPDATE orders SET state = ?",
                               "since": "2026-11-24T10:04:19.123456789Z"}]}]"""));

        assertThat(CommandRun.of(peer, "keyspace", "show", "shop").out()).isEqualTo("""
                        shop  1,024 slots by crc32

                        SHARD   SLOTS       URL
                        shop-0  0-511, 600  jdbc:mysql://db0/shop
                        shop-1  512-599     jdbc:mysql://db1/shop

                        tables      orders, order_lines
                        running     m
                        migrations  m PREPARE RUNNING
                        """);
        assertThat(CommandRun.of(peer, "agents", "shop").out()).isEqualTo("""
                        ID  HOST   ACKNOWLEDGED EPOCH  LAST CONTACT  VERSION
                        a1  web-3  7                   unknown       unknown
                        a2  web-4  6                   unknown       0.1.0

                        a2 cannot acknowledge newer routes: a transaction is open
                          thread  http-7
                          since   2026-11-24T10:04:19Z (40 s ago)
                          last    UPDATE orders SET state = ?
                        """);
    }
}
