package io.shardshift.plans.file;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.MigrationPlan.Backfill;
import io.shardshift.api.plan.MigrationPlan.Reads;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a plan file. One thread. */
final class PlanForm {
    static final List<String> FIELDS = List.of(
            "migration",
            "keyspace",
            "shards",
            "slotMap",
            "gates",
            "groups",
            "handoff",
            "reads",
            "backfill",
            "pacing",
            "accept");
    static final List<String> GATE_FIELDS =
            List.of("dualWrite", "readNewFirst", "backfill", "stopOldWrites", "allGroups", "complete");
    static final List<String> GROUP_FIELDS = List.of("first", "then");
    static final List<String> HANDOFF_FIELDS = List.of("maxPause", "deadline", "onLongTransaction");
    static final List<String> PACING_FIELDS = List.of("copiers", "maxReplicaLag", "maxRowsPerSecond");
    static final int MAX_COPIERS = 64;
    static final String CODE = "[A-Z][A-Z0-9_]{0,63}";

    private static final Pattern ACCEPTED_CODE = Pattern.compile(CODE);
    /** A round trip to each shard and the applier's batch take some milliseconds: less can never be kept. */
    private static final Duration LEAST_PAUSE = Duration.ofMillis(10);
    /** Applications give up on a write long before; more is not a hand-off but an outage. */
    private static final Duration MOST_DEADLINE = Duration.ofMinutes(1);

    private static final Duration LEAST_LAG = Duration.ofMillis(100);
    private static final Duration MOST_LAG = Duration.ofHours(24);

    private final Value root;

    PlanForm(Value root) {
        this.root = root;
    }

    /** The plan; not to be used when an error was added. */
    @Nullable
    MigrationPlan read() {
        Fields fields = root.fields("a mapping of fields", FIELDS);
        if (fields == null) {
            return null;
        }
        Value nameField = fields.required("migration", "the migration's name");
        Value keyspaceField = fields.required("keyspace", "the name of a registered keyspace");
        MigrationName name = nameField == null ? null : nameField.name(MigrationName::new);
        KeyspaceName keyspace = keyspaceField == null ? null : keyspaceField.name(KeyspaceName::new);
        // A plan between known shards names none.
        SortedMap<ShardName, ShardSpec> shards = ShardsForm.shards(fields.optional("shards"));
        Value slotMapField = fields.required("slotMap", "slots by the shard where they shall live");
        ShardsForm.Placed placed = slotMapField == null ? null : ShardsForm.slotMap(slotMapField);
        SortedMap<ShardName, SlotRanges> slotMap = placed == null || !placed.whole() ? null : placed.slots();
        if (slotMapField != null && slotMap != null && slotMap.isEmpty()) {
            slotMapField.error("expected slots for at least one shard, found none: nothing would move", null);
        }
        Gates gates = section(fields, "gates", GATE_FIELDS, Gates.DEFAULT, PlanForm::gates);
        GroupsSpec groups = section(fields, "groups", GROUP_FIELDS, GroupsSpec.DEFAULT, PlanForm::groups);
        HandoffSpec handoff = section(fields, "handoff", HANDOFF_FIELDS, HandoffSpec.DEFAULT, PlanForm::handoff);
        PacingSpec pacing = section(fields, "pacing", PACING_FIELDS, PacingSpec.DEFAULT, PlanForm::pacing);
        Reads reads = word(fields, "reads", Reads.STRICT);
        Backfill backfill = word(fields, "backfill", Backfill.COPY);
        List<String> accepted = accepted(fields.optional("accept"));
        if (name == null || keyspace == null || slotMap == null) {
            return null;
        }
        return new MigrationPlan(
                name, keyspace, shards, slotMap, gates, groups, handoff, reads, backfill, pacing, accepted);
    }

    private static <T> T section(
            Fields fields, String field, List<String> known, T defaults, Function<Fields, T> reader) {
        Value value = fields.optional(field);
        Fields inner = value == null ? null : value.fields("a mapping with " + String.join(", ", known), known);
        return inner == null ? defaults : reader.apply(inner);
    }

    private static Gates gates(Fields fields) {
        Gates defaults = Gates.DEFAULT;
        return new Gates(
                word(fields, "dualWrite", defaults.dualWrite()),
                word(fields, "readNewFirst", defaults.readNewFirst()),
                word(fields, "backfill", defaults.backfill()),
                word(fields, "stopOldWrites", defaults.stopOldWrites()),
                word(fields, "allGroups", defaults.allGroups()),
                word(fields, "complete", defaults.complete()));
    }

    private static GroupsSpec groups(Fields fields) {
        Value first = fields.optional("first");
        Value then = fields.optional("then");
        return new GroupsSpec(
                or(first == null ? null : first.integer(0, SlotMap.MAX_SLOTS), GroupsSpec.DEFAULT.first()),
                or(then == null ? null : then.integer(1, SlotMap.MAX_SLOTS), GroupsSpec.DEFAULT.then()));
    }

    private static HandoffSpec handoff(Fields fields) {
        HandoffSpec defaults = HandoffSpec.DEFAULT;
        Value pauseField = fields.optional("maxPause");
        Value deadlineField = fields.optional("deadline");
        Duration pause = pauseField == null ? defaults.maxPause() : pauseField.duration(LEAST_PAUSE, MOST_DEADLINE);
        Duration deadline =
                deadlineField == null ? defaults.deadline() : deadlineField.duration(LEAST_PAUSE, MOST_DEADLINE);
        if (pause != null && deadline != null && pause.compareTo(deadline) > 0) {
            Value shown = pauseField != null ? pauseField : fields.owner();
            shown.error(
                    "expected maxPause at most the deadline, found " + Units.text(pause) + " over "
                            + Units.text(deadline),
                    null);
        }
        return new HandoffSpec(
                or(pause, defaults.maxPause()),
                or(deadline, defaults.deadline()),
                word(fields, "onLongTransaction", defaults.onLongTransaction()));
    }

    private static PacingSpec pacing(Fields fields) {
        PacingSpec defaults = PacingSpec.DEFAULT;
        Value copiers = fields.optional("copiers");
        Value lag = fields.optional("maxReplicaLag");
        Value rate = fields.optional("maxRowsPerSecond");
        return new PacingSpec(
                or(copiers == null ? null : copiers.integer(1, MAX_COPIERS), defaults.copiers()),
                or(lag == null ? null : lag.duration(LEAST_LAG, MOST_LAG), defaults.maxReplicaLag()),
                rate == null ? defaults.maxRowsPerSecond() : rowsPerSecond(rate));
    }

    private static @Nullable Long rowsPerSecond(Value value) {
        if (value.isNull()) {
            return null;
        }
        String what = "rows per second such as 5000/s, at least 1, or null for no limit";
        String text = value.textOrInteger(what);
        Long rows = text == null ? null : Units.rowsPerSecond(text);
        if (text != null && (rows == null || rows < 1)) {
            value.expected(what);
        }
        return rows;
    }

    private static List<String> accepted(@Nullable Value value) {
        List<String> accepted = new ArrayList<>();
        if (value == null) {
            return accepted;
        }
        for (Value item : value.items("a list of codes of warnings")) {
            String code = item.text("the code of a warning");
            if (code == null) {
                continue;
            }
            if (!ACCEPTED_CODE.matcher(code).matches()) {
                item.expected("the code of a warning as the dry run shows it, in capitals");
            } else if (accepted.contains(code)) {
                item.error("expected each code once, found " + code + " again", null);
            } else {
                accepted.add(code);
            }
        }
        return accepted;
    }

    private static <E extends Enum<E>> E word(Fields fields, String field, E byDefault) {
        Value value = fields.optional(field);
        E word = value == null ? null : value.word(byDefault.getDeclaringClass());
        return word == null ? byDefault : word;
    }

    private static <T> T or(@Nullable T value, T byDefault) {
        return value == null ? byDefault : value;
    }
}
