package io.shardshift.cli;

import static io.shardshift.cli.ControllerPeer.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DifferencesCommandTest {
    private static final String STATUS = "GET /api/v1/migrations/shop-1-to-2";
    private static final String FOUND = """
            [{"source": "shop-0", "target": "shop-10", "table": "orders", "key": "(17)", "column": "amount",
              "sourceValue": "12.25", "targetValue": "13.25", "outcome": "REPAIRED", "found": "2026-11-24T10:00:00Z"},
             {"source": "shop-0", "target": "shop-10", "table": "items", "key": "(3, 4)", "column": null,
              "sourceValue": "user_id=3, item_no=4", "targetValue": null, "outcome": "REMAINS",
              "found": "2026-11-24T10:00:00Z"}]""";

    private final ControllerPeer peer = new ControllerPeer();

    @AfterEach
    void close() {
        peer.close();
    }

    private void answers(String differences, String verification) {
        peer.on(STATUS + "/differences", json(200, differences));
        peer.on(STATUS, json(200, "{\"name\": \"shop-1-to-2\", \"verification\": " + verification + "}"));
    }

    private CommandRun differences(String... more) {
        return more.length == 0
                ? CommandRun.of(peer, "differences", "shop-1-to-2")
                : CommandRun.of(peer, "differences", "shop-1-to-2", more[0]);
    }

    @Test
    void showsBothValuesAndWhatBecameOfEachThoseThatRemainFirst() {
        answers(FOUND, "{\"rowsCompared\": 20000, \"differences\": 2, \"repaired\": 1}");

        assertThat(differences()).isEqualTo(new CommandRun(0, """
                        shop-1-to-2  20,000 rows compared, 2 differed, 1 of them repaired

                        REMAINS  items (3, 4)  the whole row
                          shop-0   user_id=3, item_no=4
                          shop-10  no such row

                        REPAIRED  orders (17)  column amount
                          shop-0   12.25
                          shop-10  13.25
                        """, ""));
    }

    @Test
    void saysThatThereAreNoneAndThatNothingIsCompared() {
        answers("[]", "{\"rowsCompared\": 20000, \"differences\": 0, \"repaired\": 0}");
        assertThat(differences().out()).isEqualTo("shop-1-to-2  20,000 rows compared, none differed\n");
    }

    @Test
    void saysThatNothingIsComparedYet() {
        answers("[]", "null");
        assertThat(differences().out()).isEqualTo("shop-1-to-2  nothing has been compared yet\n");
    }

    @Test
    void saysThatNotAllAreListed() {
        answers("[]", "{\"rowsCompared\": 20000, \"differences\": 3, \"repaired\": 3}");
        assertThat(differences().out())
                .startsWith(
                        "shop-1-to-2  20,000 rows compared, 3 differed, 3 of them repaired\n\nNot all are listed: ");
    }

    @Test
    void printsTheServersJsonAsItIs() {
        answers(FOUND, "null");
        assertThat(differences("--json")).isEqualTo(new CommandRun(0, FOUND + "\n", ""));
    }
}
