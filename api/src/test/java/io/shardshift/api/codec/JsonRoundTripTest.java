package io.shardshift.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonRoundTripTest {
    private static final ShardName A = new ShardName("shop-0");
    private static final ShardName B = new ShardName("shop-1");
    private static final MigrationId MIGRATION = new MigrationId("shop-1-to-2.1");

    static Stream<ShardFunction> everyFunction() {
        return Stream.of(
                new ShardFunction.Crc32(8),
                new ShardFunction.Modulo(8),
                new ShardFunction.RangeTable(
                        "id",
                        List.of(new ShardFunction.RangeTable.Entry(
                                BigInteger.valueOf(Long.MIN_VALUE), new BigInteger("18446744073709551615"), 7))),
                new ShardFunction.Lookup(8, new TreeMap<>(Map.of("acme", 7, "ünï", 3))),
                new ShardFunction.Unsharded());
    }

    @ParameterizedTest
    @MethodSource("everyFunction")
    void aKeyspaceComesBackEqual(ShardFunction function) {
        comesBack(keyspace(function, 16), Keyspace.class);
        comesBack(keyspace(function, null), Keyspace.class);
    }

    @Test
    void aPlanComesBackEqual() {
        MigrationPlan plan = new MigrationPlan(
                new MigrationName("shop-1-to-2"),
                new KeyspaceName("shop"),
                new TreeMap<>(Map.of(B, new ShardSpec("jdbc:mysql://db1:3306/shop", "shop-1"))),
                new TreeMap<>(Map.of(B, SlotRanges.parse("4-5, 7"))),
                Gates.DEFAULT,
                new GroupsSpec(1, 3),
                new HandoffSpec(Duration.ofMillis(250), Duration.ofSeconds(2), HandoffSpec.OnLongTransaction.KILL),
                MigrationPlan.Reads.RELAXED,
                MigrationPlan.Backfill.STREAM,
                new PacingSpec(4, Duration.ofSeconds(5), 5_000L),
                List.of("SYNC_BINLOG_NOT_1"));
        comesBack(plan, MigrationPlan.class);
        JsonNode tree = Json.tree(plan);
        assertThat(tree.path("migration").textValue()).isEqualTo("shop-1-to-2");
        assertThat(tree.path("slotMap").path("shop-1").textValue()).isEqualTo("4-5, 7");
    }

    @ParameterizedTest
    @MethodSource("everyFunction")
    void aRouteTableComesBackEqualAndRoutesAlike(ShardFunction function) {
        RouteTable table = table(function);
        RouteTable back = comesBack(table, RouteTable.class);
        for (int slot = 0; slot < 8; slot++) {
            assertThat(back.index().owner(slot)).isEqualTo(table.index().owner(slot));
            assertThat(back.index().route(slot)).isEqualTo(table.index().route(slot));
        }
    }

    @Test
    void aSlotInARouteGoesByTheRouteAndNotByTheSlotMap() {
        RouteTable.Index index = table(new ShardFunction.Crc32(8)).index();
        assertThat(index.owner(0)).isEqualTo(A);
        assertThat(index.route(0)).isNull();
        assertThat(index.owner(5)).isEqualTo(B);
        assertThat(index.onlyOwner()).isNull();
    }

    @Test
    void namesAreTheKeysOfMapsAndNumbersAreNumbers() {
        JsonNode tree = Json.tree(table(new ShardFunction.Crc32(8)));
        assertThat(tree.path("epoch").isIntegralNumber()).isTrue();
        assertThat(tree.path("shards").path("shop-0").path("credentials").textValue())
                .isEqualTo("shop-0");
        assertThat(tree.path("keyspace").path("keyspace").textValue()).isEqualTo("shop");
        assertThat(tree.path("keyspace").path("shardFunction").path("kind").textValue())
                .isEqualTo("crc32");
        assertThat(tree.has("index")).isFalse();
    }

    @Test
    void aFieldOfTheNextVersionIsIgnored() {
        byte[] json = "{\"url\":\"u\",\"credentials\":\"c\",\"weight\":3}".getBytes(StandardCharsets.UTF_8);
        assertThat(Json.read(json, ShardSpec.class)).isEqualTo(new ShardSpec("u", "c"));
    }

    @Test
    void aNameThatIsNoneIsRefusedAsAKeyToo() {
        byte[] json = "{\"slots\":1,\"shards\":{\"../x\":\"0\"}}".getBytes(StandardCharsets.UTF_8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read(json, SlotMap.class))
                .withMessageContaining("SlotMap");
    }

    private static Keyspace keyspace(ShardFunction function, @Nullable Integer increment) {
        return new Keyspace(
                new KeyspaceName("shop"),
                function,
                new TreeMap<>(Map.of("orders", new TableSpec("orders", List.of("user_id")))),
                false,
                new TreeMap<>(Map.of(A, new ShardSpec("jdbc:mysql://db0:3306/shop", "shop-0"))),
                new SlotMap(8, new TreeMap<>(Map.of(A, SlotRanges.of(0, 7)))),
                increment,
                List.of("orders.PRIMARY"),
                ShardKeyForm.ASCII_LOWER);
    }

    private static RouteTable table(ShardFunction function) {
        Group group = new Group(new GroupId(MIGRATION, 0), SlotRanges.of(4, 7), A, B);
        return new RouteTable(
                new RoutesEpoch(7),
                keyspace(function, 16),
                new TreeMap<>(Map.of(
                        A, new ShardEndpoint(A, "jdbc:mysql://db0:3306/shop", "shop-0", 1),
                        B, new ShardEndpoint(B, "jdbc:mysql://db1:3306/shop", "shop-1", 2))),
                new SlotMap(8, new TreeMap<>(Map.of(A, SlotRanges.of(0, 7)))),
                List.of(new Route(group, B, A, false, B, null)),
                MIGRATION,
                true);
    }

    private static <T> T comesBack(T value, Class<T> type) {
        T back = Json.read(Json.write(value), type);
        assertThat(back).isEqualTo(value);
        return back;
    }
}
