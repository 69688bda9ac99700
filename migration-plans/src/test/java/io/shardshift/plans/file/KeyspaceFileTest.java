package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyspaceFileTest {
    /** A valid file; a test replaces one line of it. */
    private static final String FILE = """
            keyspace: shop
            slots: 1024
            shardFunction: crc32
            tables:
              orders: {shardKey: user_id}
              order_lines: {shardKey: user_id}
            shards:
              shop-0: {url: "jdbc:mysql://db0.example:3306/shop", credentials: shop-0}
              shop-1: {url: "jdbc:mysql://db1.example/shop", credentials: shop-1}
            slotMap:
              shop-0: 0-511
              shop-1: 512-1023
            """;

    @Test
    void aFileWithAllKeysIsRead() throws ProblemException {
        Keyspace keyspace = PlanReader.readKeyspace("shop.yaml", """
                keyspace: shop
                slots: 1024
                shardFunction: crc32
                tables:
                  orders:      {shardKey: user_id}
                  order_lines: {shardKey: [user_id]}
                shards:
                  shop-0: {url: "jdbc:mysql://db0.example:3306/shop", credentials: shop-0}
                slotMap:
                  shop-0: 0-1023
                autoIncrement: {increment: 16}
                unique: [orders.PRIMARY]
                shardKeyForm: asciiLower
                """);
        ShardName shard = new ShardName("shop-0");
        assertThat(keyspace)
                .isEqualTo(new Keyspace(
                        new KeyspaceName("shop"),
                        new ShardFunction.Crc32(1024),
                        new TreeMap<>(Map.of(
                                "orders", new TableSpec("orders", List.of("user_id")),
                                "order_lines", new TableSpec("order_lines", List.of("user_id")))),
                        false,
                        new TreeMap<>(Map.of(shard, new ShardSpec("jdbc:mysql://db0.example:3306/shop", "shop-0"))),
                        new SlotMap(1024, new TreeMap<>(Map.of(shard, SlotRanges.of(0, 1023)))),
                        16,
                        List.of("orders.PRIMARY"),
                        ShardKeyForm.ASCII_LOWER));
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws ProblemException {
        Keyspace keyspace = PlanReader.readKeyspace(null, FILE);
        assertThat(keyspace.autoIncrementIncrement()).isNull();
        assertThat(keyspace.unique()).isEmpty();
        assertThat(keyspace.shardKeyForm()).isEqualTo(ShardKeyForm.AS_IS);
        assertThat(keyspace.allTables()).isFalse();
    }

    @Test
    void theSameInJsonIsTheSameAlsoIndentedByTabs() throws ProblemException {
        String json = """
                {"keyspace": "shop", "slots": 1024, "shardFunction": "crc32",
                \t"tables": {"orders": {"shardKey": "user_id"}, "order_lines": {"shardKey": ["user_id"]}},
                \t"shards": {"shop-0": {"url": "jdbc:mysql:\\/\\/db0.example:3306/shop", "credentials": "shop-0"},
                \t\t"shop-1": {"url": "jdbc:mysql://db1.example/shop", "credentials": "shop-1"}},
                \t"slotMap": {"shop-0": [0, "1-511"], "shop-1": "512-1023"}, "autoIncrement": null}
                """;
        assertThat(PlanReader.readKeyspace(null, json)).isEqualTo(PlanReader.readKeyspace(null, FILE));
    }

    @Test
    void theFourFunctionsAndTheUnshardedFormAreRead() throws ProblemException {
        assertThat(with("shardFunction: crc32", "shardFunction: modulo").shardFunction())
                .isEqualTo(new ShardFunction.Modulo(1024));
        ShardFunction range = new ShardFunction.RangeTable(
                "user_id",
                List.of(
                        new ShardFunction.RangeTable.Entry(BigInteger.valueOf(-9), BigInteger.valueOf(9), 1),
                        new ShardFunction.RangeTable.Entry(
                                BigInteger.TEN, new BigInteger("18446744073709551615"), 1023)));
        String table = "{user_id: [[-9, 9, 1], [10, 18446744073709551615, 1023]]}";
        assertThat(with("shardFunction: crc32", "shardFunction: range\nrange: " + table)
                        .shardFunction())
                .isEqualTo(range);
        assertThat(with("shardFunction: crc32", "shardFunction: {range: " + table + "}")
                        .shardFunction())
                .isEqualTo(range);
        assertThat(with(
                                "shardFunction: crc32",
                                "shardFunction: lookup\nlookup: {keys: {acme: 7, 12: 8}, default: crc32}")
                        .shardFunction())
                .isEqualTo(new ShardFunction.Lookup(1024, new TreeMap<>(Map.of("acme", 7, "12", 8))));
        Keyspace wiki = PlanReader.readKeyspace(
                null,
                "{keyspace: wiki, slots: 1, tables: all, slotMap: {db-0: 0},"
                        + " shards: {db-0: {url: 'jdbc:mysql://[::1]:3306/wiki', credentials: c}}}");
        assertThat(wiki.allTables()).isTrue();
        assertThat(wiki.shardFunction()).isEqualTo(new ShardFunction.Unsharded());
    }

    @Test
    void allErrorsComeAtOnceInTheOrderOfTheLines() {
        Problem problem = refused("""
                keyspace: ../shop
                slots: 1024
                shardFunktion: crc32
                tables:
                  orders: {shardKey: [user_id, USER_ID]}
                shards:
                  shop-0: {url: "jdbc:mysql://root:geheim@db0/shop"}
                slotMap:
                  shop-o: 0-1000
                shardKeyForm: asciiUpper
                """);
        assertThat(problem.code()).isEqualTo(ErrorCode.BAD_KEYSPACE);
        assertThat(problem.errors())
                .extracting(FieldError::line, FieldError::field)
                .containsExactly(
                        tuple(1, "keyspace"),
                        tuple(1, "shardFunction"),
                        tuple(3, "shardFunktion"),
                        tuple(5, "tables.orders.shardKey[1]"),
                        tuple(7, "shards.shop-0.credentials"),
                        tuple(7, "shards.shop-0.url"),
                        tuple(7, "shards.shop-0"),
                        tuple(8, "slotMap"),
                        tuple(9, "slotMap.shop-o"),
                        tuple(10, "shardKeyForm"));
        assertThat(problem.errors()).allSatisfy(error -> {
            assertThat(error.file()).isEqualTo("bad.yaml");
            assertThat(error.message()).contains("expected", "found");
        });
        assertThat(problem.errors().get(2).suggestion()).isEqualTo("shardFunction");
        assertThat(problem.errors().get(8).suggestion()).isEqualTo("shop-0");
        assertThat(problem + problem.errors().toString()).doesNotContain("geheim");
    }

    @Test
    void aSlotMapOfWhichAnEntryCannotBeReadIsCheckedAsFarAsItCan() {
        Problem problem = refused(
                FILE.replace("shop-0: 0-511", "shop-0: nonsense").replace("shop-1: 512-1023", "shop-1: 512-1024"));
        assertThat(problem.errors())
                .extracting(FieldError::line, FieldError::field)
                .containsExactly(tuple(10, "slotMap"), tuple(11, "slotMap.shop-0"));
        assertThat(problem.errors().get(0).message()).contains("found 1024").doesNotContain("on none");
    }

    @Test
    void aShardThatHasSlotsAlreadyIsNotTheOneThatWasMeant() {
        Problem problem = refused(FILE.replace("shop-1: 512-1023", "shop-1: 512-1000\n  shop-O: 1001-1023"));
        assertThat(problem.errors()).extracting(FieldError::suggestion).containsExactly((String) null);
    }

    /** line to replace; its replacement; line, field and part of the message of the one error. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keyspace: shop | keyspace: 7 | 1 | keyspace | expected a name, found 7",
                "slots: 1024 | slots: 0 | 2 | slots | from 1 to 65536, found 0",
                "slots: 1024 | slots: 65537 | 2 | slots | from 1 to 65536, found 65537",
                "slots: 1024 | slots: '1024' | 2 | slots | found '1024'",
                "slots: 1024 | slots: 1000 | 10 | slotMap | found 1000-1023",
                "shardFunction: crc32 | shardFunction: crc | 3 | shardFunction | crc32 or modulo or range or lookup",
                "shardFunction: crc32 | shardFunction: range | 1 | range | the field is missing",
                "shardFunction: crc32 | shardFunction: {range: {user_id: [[1, 2]]}} | 3 | shardFunction.range.user_id[0] | found 2 elements",
                "shardFunction: crc32 | shardFunction: {range: {user_id: [[2, 1, 0]]}} | 3 | shardFunction.range.user_id[0] | goes up",
                "shardFunction: crc32 | shardFunction: {range: {user_id: [[1, 5, 0], [5, 9, 1]]}} | 3 | shardFunction.range.user_id | do not overlap",
                "shardFunction: crc32 | shardFunction: {range: {user_id: [[1, 5, 1024]]}} | 3 | shardFunction.range.user_id[0][2] | from 0 to 1023",
                "shardFunction: crc32 | shardFunction: {range: {userid: [[1, 5, 0]]}} | 3 | shardFunction.range.userid | expected the shard key column",
                "shardFunction: crc32 | shardFunction: {lookup: {keys: {a: 1024}}} | 3 | shardFunction.lookup.keys.a | from 0 to 1023",
                "shardFunction: crc32 | shardFunction: {lookup: {keys: {a: 1}, default: none}} | 3 | shardFunction.lookup.default | expected crc32",
                "orders: {shardKey: user_id} | orders: {shardKey: []} | 5 | tables.orders.shardKey | 1 to 16 columns",
                "orders: {shardKey: user_id} | orders: {} | 5 | tables.orders.shardKey | missing",
                "orders: {shardKey: user_id} | orders: user_id | 5 | tables.orders | found 'user_id'",
                "orders: {shardKey: user_id} | _shardshift_fence: {shardKey: user_id} | 5 | tables._shardshift_fence | Shardshift's own",
                "order_lines: {shardKey: user_id} | order_lines: {shardKey: [user_id, line]} | 6 | tables.order_lines | as many shard key columns",
                "order_lines: {shardKey: user_id} | orders: {shardKey: user_id} | 6 | tables.orders | first on line 5",
                "shop-1: 512-1023 | shop-1: 511-1023 | 12 | slotMap.shop-1 | found slots 511 on two",
                "shop-1: 512-1023 | shop-1: 513-1023 | 10 | slotMap | found 512 on none",
                "shop-1: 512-1023 | shop-1: 512-1024 | 10 | slotMap | found 1024",
                "shop-1: 512-1023 | shop-1: [512-1000, 1000-1023] | 12 | slotMap.shop-1[1] | found slot 1000 again",
                "shop-1: 512-1023 | shop-1: [] | 12 | slotMap.shop-1 | found none",
                "shop-1: 512-1023 | shop-1: 0-99999999999 | 12 | slotMap.shop-1 | 0-99999999999",
                "slotMap: | autoIncrement: {increment: 1}\\nslotMap: | 10 | autoIncrement.increment | at least the number of shards, 2",
                "slotMap: | unique: [order.PRIMARY]\\nslotMap: | 10 | unique[0] | a table of this file",
                "slotMap: | unique: [orders]\\nslotMap: | 10 | unique[0] | table.KEY",
                "slotMap: | tabels: {}\\nslotMap: | 10 | tabels | expected a known field",
                "slotMap: | a: &x 1\\nslotMap: | 10 | a | expected a known field",
            })
    void oneErrorIsNamedWithLineAndField(String line, String replacement, int at, String field, String message) {
        Problem problem = refused(replaced(line, replacement.replace("\\n", "\n")));
        assertThat(problem.errors()).hasSize(1);
        FieldError error = problem.errors().get(0);
        assertThat(error.field()).isEqualTo(field);
        assertThat(error.line()).isEqualTo(at);
        assertThat(error.message()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:mysql://db1.example/shop?user=root | found 'user'",
                "jdbc:mysql://db1.example/shop?sslMode=REQUIRED&allowLoadLocalInfile=true | found 'allowLoadLocalInfile'",
                "jdbc:mysql://root@db1.example/shop | a user or password",
                "jdbc:mysql://db1.example | something else",
                "jdbc:mysql://db1.example,db2.example/shop | something else",
                "jdbc:mysql://db1.example:99999/shop | port",
                "jdbc:mysql:loadbalance://db1.example/shop | something else",
                "db1.example:3306 | something else",
                "jdbc:mysql://db0.example/shop | a place of its own"
            })
    void aUrlSaysWhereAndNothingElse(String url, String message) {
        Problem problem = refused(FILE.replace("jdbc:mysql://db1.example/shop", url));
        assertThat(problem.errors()).hasSize(1);
        assertThat(problem.errors().get(0).message()).contains(message);
    }

    @Test
    void parametersThatSayHowTheServerIsReachedAreTaken() throws ProblemException {
        String url = "jdbc:mysql://db1.example:3306/shop?sslMode=DISABLED&allowPublicKeyRetrieval=true";
        assertThat(PlanReader.readKeyspace(null, FILE.replace("jdbc:mysql://db1.example/shop", url))
                        .shards()
                        .get(new ShardName("shop-1")))
                .isEqualTo(new ShardSpec(url, "shop-1"));
    }

    @Test
    void aSecretInThePlaceOfItsNameIsNotShown() {
        Problem problem = refused(FILE.replace("credentials: shop-1", "credentials: 'root:geheim'"));
        assertThat(problem.errors()).hasSize(1);
        assertThat(problem.errors().toString()).doesNotContain("geheim");
    }

    @Test
    void aShardWithoutSlotsIsRefusedWhereItStands() {
        Problem problem =
                refused(FILE.replace("shop-0: 0-511", "shop-0: 0-1023").replace("  shop-1: 512-1023\n", ""));
        assertThat(problem.errors())
                .extracting(FieldError::line, FieldError::field)
                .containsExactly(tuple(9, "shards.shop-1"));
        assertThat(problem.errors().get(0).message()).contains("expected slots for each shard, found none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:mysql://root:geheim@db1.example/shop",
                "jdbc:mysql://db1.example/shop?user=root&password=geheim",
                "jdbc:mysql://db1.example/shop?trustCertificateKeyStorePassword=geheim",
                "jdbc:mysql://(host=db1.example,password=geheim)/shop",
                "jdbc:mysql://address=(host=db1.example)(password=geheim)/shop"
            })
    void aSecretInAUrlIsRefusedAndNotShown(String url) {
        Problem problem = refused(FILE.replace("jdbc:mysql://db1.example/shop", url));
        assertThat(problem.errors()).isNotEmpty().allSatisfy(error -> {
            assertThat(error.field()).isEqualTo("shards.shop-1.url");
            assertThat(error.line()).isEqualTo(9);
            assertThat(error.suggestion()).isNotNull();
        });
        assertThat(problem + problem.errors().toString()).doesNotContain("geheim");
    }

    @Test
    void anUnshardedDatabaseHasOneSlotAndNoFunction() {
        Problem problem = refused(FILE.replaceAll("tables:\n.*\n.*\n", "tables: all\n"));
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly("slots", "shardFunction");
    }

    @Test
    void inputIsBounded() {
        assertThat(refused("[".repeat(10_000)).errors().get(0).message()).contains("levels");
        assertThat(refused("a: " + "x".repeat(YamlText.MAX_CHARACTERS))
                        .errors()
                        .get(0)
                        .message())
                .contains("characters");
        assertThat(refused("a: &x [1]\nb: [*x, *x]").errors().get(0).message()).contains("no alias");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            many.append("unknown").append(i).append(": 1\n");
        }
        assertThat(refused(many.toString()).errors()).hasSize(Errors.MAX_ERRORS);
        StringBuilder shards = new StringBuilder("slotMap:\n");
        for (int i = 0; i < 60_000; i++) {
            shards.append("  shop-").append(i).append(": ").append(i).append("\n");
        }
        assertThat(refused(shards.toString()).errors().toString()).contains("at most 1024 shards, found 60000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | found nothing",
                "'# only a comment' | found nothing",
                "text | expected a mapping of fields, found 'text'",
                "[1] | found a list",
                "'{a: 1' | expected YAML or JSON",
                "'--- {}\n--- {}' | expected YAML or JSON",
                "'? [a]\n: 1' | found a list or mapping",
            })
    void whatIsNoMappingIsRefused(String text, String message) {
        assertThat(refused(text.replace("\\n", "\n")).errors().toString()).contains(message);
    }

    private static Keyspace with(String line, String replacement) throws ProblemException {
        return PlanReader.readKeyspace(null, replaced(line, replacement));
    }

    private static String replaced(String line, String replacement) {
        assertThat(FILE).contains(line);
        return FILE.replace(line, replacement);
    }

    private static Problem refused(String text) {
        ProblemException refusal =
                catchThrowableOfType(ProblemException.class, () -> PlanReader.readKeyspace("bad.yaml", text));
        assertThat(refusal).as(text).isNotNull();
        return refusal.problem();
    }

    /** Found by the fuzz test's seed 10746: a line separator that the schema refused and the reader took. */
    @Test
    void parametersOfAUrlArePrintable() {
        assertThatThrownBy(() -> PlanReader.readKeyspace(
                        null,
                        "keyspace: wiki\nslots: 1\ntables: all\nslotMap: {db-0: 0}\nshards: {db-0: {url:"
                                + " \"jdbc:mysql://db0/wiki?sslMode=VERIFY_\\u2028CA\", credentials: c}}"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().errors())
                                .anySatisfy(error -> assertThat(error.field()).isEqualTo("shards.db-0.url")));
    }
}
