package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.Gates.Gate;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.HandoffSpec.OnLongTransaction;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.MigrationPlan.Backfill;
import io.shardshift.api.plan.MigrationPlan.Reads;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanFileTest {
    private static final String FILE = """
            migration: shop-1-to-2
            keyspace: shop
            shards:
              shop-1: {url: "jdbc:mysql://db1.example:3306/shop", credentials: shop-1}
            slotMap:
              shop-1: 0-511, 600
            """;
    private static final ShardName SHOP_1 = new ShardName("shop-1");

    @Test
    void whatIsLeftOutHasItsDefault() throws ProblemException {
        assertThat(PlanReader.readPlan("plan.yaml", FILE))
                .isEqualTo(new MigrationPlan(
                        new MigrationName("shop-1-to-2"),
                        new KeyspaceName("shop"),
                        new TreeMap<>(Map.of(SHOP_1, new ShardSpec("jdbc:mysql://db1.example:3306/shop", "shop-1"))),
                        new TreeMap<>(Map.of(SHOP_1, SlotRanges.parse("0-511, 600"))),
                        Gates.DEFAULT,
                        GroupsSpec.DEFAULT,
                        HandoffSpec.DEFAULT,
                        Reads.STRICT,
                        Backfill.COPY,
                        PacingSpec.DEFAULT,
                        List.of()));
    }

    @Test
    void aFileWithAllKeysIsRead() throws ProblemException {
        MigrationPlan plan = PlanReader.readPlan(null, FILE + """
                        gates: {dualWrite: manual, readNewFirst: manual, backfill: manual, stopOldWrites: auto, allGroups: manual, complete: auto}
                        groups: {first: 0, then: 3}
                        handoff: {maxPause: 100ms, deadline: 1m, onLongTransaction: kill}
                        reads: relaxed
                        backfill: stream
                        pacing: {copiers: 64, maxReplicaLag: 1h, maxRowsPerSecond: 5000}
                        accept: [SYNC_BINLOG_NOT_1, JSON_WITH_OPAQUE_SCALARS]
                        """);
        assertThat(plan.gates())
                .isEqualTo(new Gates(Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.AUTO, Gate.MANUAL, Gate.AUTO));
        assertThat(plan.groups()).isEqualTo(new GroupsSpec(0, 3));
        assertThat(plan.handoff())
                .isEqualTo(new HandoffSpec(Duration.ofMillis(100), Duration.ofMinutes(1), OnLongTransaction.KILL));
        assertThat(plan.reads()).isEqualTo(Reads.RELAXED);
        assertThat(plan.backfill()).isEqualTo(Backfill.STREAM);
        assertThat(plan.pacing()).isEqualTo(new PacingSpec(64, Duration.ofHours(1), 5_000L));
        assertThat(plan.accepted()).containsExactly("SYNC_BINLOG_NOT_1", "JSON_WITH_OPAQUE_SCALARS");
    }

    @Test
    void aPlanBetweenKnownShardsNamesNone() throws ProblemException {
        assertThat(PlanReader.readPlan(null, "{migration: m, keyspace: k, shards: {}, slotMap: {a: 1}}"))
                .isEqualTo(PlanReader.readPlan(null, "{migration: m, keyspace: k, slotMap: {a: [1]}}"));
    }

    /** lines added to the valid file; field, part of the message and suggestion of the one error. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "gates: {dualWrite: automatic} | gates.dualWrite | auto or manual | -",
                "gates: {dualWrite: atuo} | gates.dualWrite | auto or manual | auto",
                "gates: {dualWrites: auto} | gates.dualWrites | expected a known field | dualWrite",
                "gates: auto | gates | expected a mapping | -",
                "groups: {first: -1} | groups.first | from 0 to 65536 | -",
                "groups: {then: 0} | groups.then | from 1 to 65536 | -",
                "handoff: {maxPause: 3s} | handoff.maxPause | at most the deadline, found 3s over 2s | -",
                "handoff: {deadline: 100ms} | handoff | at most the deadline, found 250ms over 100ms | -",
                "handoff: {deadline: 2} | handoff.deadline | without a unit | 2s",
                "handoff: {maxPause: 250} | handoff.maxPause | without a unit | 250ms",
                "handoff: {maxPause: 90000000} | handoff.maxPause | without a unit | -",
                "handoff: {maxPause: never, deadline: 100ms} | handoff.maxPause | found 'never' | -",
                "handoff: {maxPause: 1ms} | handoff.maxPause | from 10ms to 1m | -",
                "handoff: {maxPause: 1.5s} | handoff.maxPause | found '1.5s' | -",
                "handoff: {onLongTransaction: takeback} | handoff.onLongTransaction | takeBack or kill | takeBack",
                "reads: strikt | reads | strict or relaxed | strict",
                "backfill: kopy | backfill | copy or stream | copy",
                "pacing: {copiers: 65} | pacing.copiers | from 1 to 64 | -",
                "pacing: {maxRowsPerSecond: 0} | pacing.maxRowsPerSecond | at least 1 | -",
                "pacing: {maxRowsPerSecond: 5000/m} | pacing.maxRowsPerSecond | 5000/s | -",
                "pacing: {maxReplicaLag: null} | pacing.maxReplicaLag | found null | -",
                "accept: sync | accept | a list | -",
                "accept: [sync] | accept[0] | in capitals | -",
                "accept: [A, A] | accept[1] | once | -",
                "shard: {} | shard | expected a known field | shards",
                "keyspace: shop | keyspace | first on line 2 | take one of the two out"
            })
    void oneErrorIsNamed(String added, String field, String message, String suggestion) {
        Problem problem = refused(FILE + added);
        assertThat(problem.code()).isEqualTo(ErrorCode.BAD_PLAN);
        assertThat(problem.errors()).hasSize(1);
        FieldError error = problem.errors().get(0);
        assertThat(error.line()).isEqualTo(7);
        assertThat(error.field()).isEqualTo(field);
        assertThat(error.message()).contains(message);
        assertThat(error.suggestion()).isEqualTo(suggestion);
    }

    @Test
    void theFourFirstKeysHaveNoDefaultButShards() {
        assertThat(refused("{}").errors())
                .extracting(FieldError::field)
                .containsExactly("migration", "keyspace", "slotMap");
        assertThat(refused(FILE.replace("  shop-1: 0-511, 600", "  {}")).errors())
                .extracting(FieldError::field)
                .containsExactly("slotMap");
    }

    private static Problem refused(String text) {
        ProblemException refusal = catchThrowableOfType(ProblemException.class, () -> PlanReader.readPlan(null, text));
        assertThat(refusal).as(text).isNotNull();
        return refusal.problem();
    }
}
