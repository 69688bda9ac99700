package io.shardshift.plans;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.plans.move.GroupPlanner;
import io.shardshift.plans.move.PlanCheck;
import io.shardshift.plans.move.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
    static Stream<String> keyspaces() {
        return Examples.keyspaces().stream().map(ExamplesTest::name);
    }

    @ParameterizedTest
    @MethodSource("keyspaces")
    void aKeyspaceIsReadAndIsCalledAsItsFile(String name) {
        assertThat(Examples.keyspace(name).name()).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({
        "split-1-to-2,    SPLIT,  17, 1024",
        "split-2-to-4,    SPLIT,  17, 128",
        "merge-2-to-1,    MERGE,  9,  128",
        "move-one-tenant, SPLIT,  1,  1",
        "several-tables,  SPLIT,  17, 257",
        "canary,          SPLIT,  65, 512",
        "move-unsharded,  MOVE,   1,  1"
    })
    void aPlanFitsItsKeyspaceAndHasGroups(String name, Shape.Kind kind, int groups, int moving) {
        MigrationPlan plan = Examples.plan(name);
        Keyspace keyspace = Examples.keyspace(plan.keyspace().value());
        assertThat(PlanCheck.against(keyspace, keyspace.slotMap(), known(keyspace), plan))
                .isEmpty();
        List<Group> found = GroupPlanner.groups(new MigrationId(name), keyspace.slotMap(), plan);
        assertThat(found).hasSize(groups);
        assertThat(found.stream().mapToInt(group -> group.slots().size()).sum()).isEqualTo(moving);
        Shape shape = Shape.of(keyspace.slotMap(), plan.slotMap());
        assertThat(shape.kind()).isEqualTo(kind);
        assertThat(shape.moving()).isEqualTo(moving);
    }

    @Test
    void eachPlanIsAmongThoseTested() {
        assertThat(Examples.plans().stream().map(ExamplesTest::name))
                .containsExactlyInAnyOrder(
                        "split-1-to-2",
                        "split-2-to-4",
                        "merge-2-to-1",
                        "move-one-tenant",
                        "several-tables",
                        "canary",
                        "move-unsharded");
    }

    @Test
    void theFirstPlanSaysTheDefaults() {
        MigrationPlan plan = Examples.plan("split-1-to-2");
        assertThat(plan.gates()).isEqualTo(Gates.DEFAULT);
        assertThat(plan.groups()).isEqualTo(GroupsSpec.DEFAULT);
        assertThat(plan.handoff()).isEqualTo(HandoffSpec.DEFAULT);
        assertThat(plan.pacing()).isEqualTo(PacingSpec.DEFAULT);
        assertThat(plan.reads()).isEqualTo(MigrationPlan.Reads.STRICT);
        assertThat(plan.backfill()).isEqualTo(MigrationPlan.Backfill.COPY);
    }

    @Test
    void theReadmeNamesEachFile() {
        String readme = Examples.text(Path.of("README.md"));
        assertThat(Stream.concat(Examples.keyspaces().stream(), Examples.plans().stream()))
                .allSatisfy(file ->
                        assertThat(readme).contains("(" + file.toString().replace('\\', '/') + ")"));
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".yaml", "");
    }

    private static Map<ShardName, ShardEndpoint> known(Keyspace keyspace) {
        Map<ShardName, ShardEndpoint> known = new TreeMap<>();
        keyspace.shards()
                .forEach((name, spec) ->
                        known.put(name, new ShardEndpoint(name, spec.url(), spec.credentials(), known.size() + 1)));
        return known;
    }
}
