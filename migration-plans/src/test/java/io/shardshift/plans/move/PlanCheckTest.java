package io.shardshift.plans.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanCheckTest {
    private static final SlotMap TODAY = Plans.today(8, Map.of("shop-0", "0-3", "shop-1", "4-7"));
    private static final ShardSpec NEW = new ShardSpec("jdbc:mysql://db2/shop", "c");

    @Test
    void aPlanThatFitsHasNoErrors() {
        assertThat(check(Map.of("shop-2", NEW), Map.of("shop-2", "2-5"))).isEmpty();
    }

    @Test
    void aKnownShardMayBeNamedAgainAsItIs() {
        ShardSpec same = new ShardSpec("jdbc:mysql://DB1:3306/shop", "c");
        assertThat(check(Map.of("shop-1", same), Map.of("shop-1", "0-3"))).isEmpty();
    }

    @Test
    void slotsAndShardsOfASlotMapMustExist() {
        assertThat(check(Map.of("shop-2", NEW), Map.of("shop-2", "6-9", "shop-3", "0")))
                .extracting(FieldError::field, FieldError::suggestion)
                .containsExactly(tuple("slotMap.shop-3", null), tuple("slotMap.shop-2", null));
    }

    @Test
    void aShardThatTheMoveEmptiesIsNotSuggested() {
        assertThat(check(Map.of("shop-2", NEW), Map.of("shop-o", "2-3"))) // nearest to shop-0, which has these slots
                .extracting(FieldError::field, FieldError::suggestion)
                .containsExactly(tuple("shards.shop-2", null), tuple("slotMap.shop-o", "shop-2"));
        assertThat(check(Map.of(), Map.of("shop-o", "2-5"))) // both shards give
                .extracting(FieldError::suggestion)
                .containsExactly((String) null);
        assertThat(check(Map.of(), Map.of("shop-l", "0-3"))) // a merge into shop-1
                .extracting(FieldError::suggestion)
                .containsExactly("shop-1");
    }

    @Test
    void ofTwoNewShardsThatAreEquallyNearNoneIsSuggested() {
        Map<String, ShardSpec> two = Map.of("shop-2", NEW, "shop-3", new ShardSpec("jdbc:mysql://db3/shop", "c"));
        assertThat(check(two, Map.of("shop-o", "2-3")))
                .filteredOn(error -> error.field().equals("slotMap.shop-o"))
                .extracting(FieldError::suggestion)
                .containsExactly((String) null);
    }

    @Test
    void aSlotThatDoesNotExistHidesNoShardThatGivesAndGets() { // [31]
        assertThat(check(Map.of("shop-2", NEW), Map.of("shop-1", "0-1", "shop-2", "4-9")))
                .extracting(FieldError::field)
                .containsExactly("slotMap.shop-2", "slotMap.shop-1");
    }

    @Test
    void aNewShardHasANameAndAPlaceOfItsOwnAndSlots() {
        Map<String, ShardSpec> shards = new TreeMap<>();
        shards.put("shop-0", NEW);
        shards.put("shop-1", new ShardSpec("jdbc:mysql://db1/shop", "other"));
        shards.put("shop-9", new ShardSpec("jdbc:mysql://db0:3306/shop", "c"));
        assertThat(check(shards, Map.of("shop-0", "4")))
                .extracting(FieldError::field)
                .containsExactly(
                        "shards.shop-0.url", "shards.shop-1.credentials", "shards.shop-9.url", "shards.shop-9");
    }

    @Test
    void aPlanThatMovesNothingIsRefused() {
        assertThat(check(Map.of(), Map.of("shop-0", "0-1")))
                .extracting(FieldError::message)
                .containsExactly("expected a slot that moves, found each where it is today");
    }

    @Test
    void aShardThatGivesAndGetsSlotsIsRefused() { // [31]
        assertThat(check(Map.of("shop-2", NEW), Map.of("shop-1", "0-1", "shop-2", "4-5")))
                .extracting(FieldError::field)
                .containsExactly("slotMap.shop-1");
        assertThat(check(Map.of(), Map.of("shop-1", "0", "shop-0", "7")))
                .extracting(FieldError::field)
                .containsExactly("slotMap.shop-0", "slotMap.shop-1");
    }

    @Test
    void theIncrementBoundsTheShardsOfAKeyspacesLife() {
        Map<String, ShardSpec> three = Map.of(
                "shop-2", NEW,
                "shop-3", new ShardSpec("jdbc:mysql://db3/shop", "c"),
                "shop-4", new ShardSpec("jdbc:mysql://db4/shop", "c"));
        assertThat(check(three, Map.of("shop-2", "0", "shop-3", "1", "shop-4", "2")))
                .extracting(FieldError::message)
                .containsExactly(
                        "expected at most 4 shards in the keyspace's life, its autoIncrement.increment, found 5");
    }

    @Test
    void aPlanOfAnotherKeyspaceIsRefused() {
        Keyspace other = keyspace("bazaar");
        MigrationPlan plan = Plans.plan(Map.of(), Plans.ranges(Map.of("shop-0", "4-7")), GroupsSpec.DEFAULT);
        assertThat(PlanCheck.against(other, TODAY, known(), plan))
                .extracting(FieldError::field)
                .containsExactly("keyspace");
    }

    private static List<FieldError> check(Map<String, ShardSpec> shards, Map<String, String> wanted) {
        MigrationPlan plan = Plans.plan(shards, Plans.ranges(wanted), GroupsSpec.DEFAULT);
        return PlanCheck.against(keyspace("shop"), TODAY, known(), plan);
    }

    private static Keyspace keyspace(String name) {
        TreeMap<ShardName, ShardSpec> shards = new TreeMap<>();
        known().forEach((shard, endpoint) -> shards.put(shard, new ShardSpec(endpoint.url(), endpoint.credentials())));
        return new Keyspace(
                new KeyspaceName(name),
                new ShardFunction.Crc32(8),
                new TreeMap<>(Map.of("orders", new TableSpec("orders", List.of("user_id")))),
                false,
                shards,
                TODAY,
                4,
                List.of(),
                ShardKeyForm.AS_IS);
    }

    private static Map<ShardName, ShardEndpoint> known() {
        Map<ShardName, ShardEndpoint> known = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            ShardName name = new ShardName("shop-" + i);
            known.put(name, new ShardEndpoint(name, "jdbc:mysql://db" + i + ":3306/shop", "c", i + 1));
        }
        return known;
    }
}
