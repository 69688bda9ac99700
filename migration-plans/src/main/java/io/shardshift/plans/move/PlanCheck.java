package io.shardshift.plans.move;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.plans.file.ShardUrl;
import io.shardshift.plans.file.Words;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether a plan fits its keyspace as it is today. What needs a server is preflight's. */
public final class PlanCheck {
    /** More than this on one line help nobody. */
    private static final int MOST_LISTED = 16;

    private final Keyspace keyspace;
    private final SlotMap today;
    private final Map<ShardName, ShardEndpoint> known;
    private final MigrationPlan plan;
    private final List<FieldError> errors = new ArrayList<>();

    private PlanCheck(Keyspace keyspace, SlotMap today, Map<ShardName, ShardEndpoint> known, MigrationPlan plan) {
        this.keyspace = keyspace;
        this.today = today;
        this.known = known;
        this.plan = plan;
    }

    /**
     * Everything that is wrong, empty for a plan that fits; file and line are null.
     *
     * @param today the slot map of the keyspace's route table, not the registered one
     * @param known every shard that was ever named for the keyspace
     */
    public static List<FieldError> against(
            Keyspace keyspace, SlotMap today, Map<ShardName, ShardEndpoint> known, MigrationPlan plan) {
        PlanCheck check = new PlanCheck(keyspace, today, known, plan);
        check.keyspaceIsTheOne();
        plan.shards().forEach(check::newShardIsNew);
        check.offsetsSuffice();
        boolean fits = check.shardsAreNamed() & check.slotsExist();
        check.somethingMovesOneWay(fits);
        return List.copyOf(check.errors);
    }

    private void add(String field, String message, @Nullable String suggestion) {
        errors.add(new FieldError(null, null, field, message, suggestion));
    }

    private void keyspaceIsTheOne() {
        if (!plan.keyspace().equals(keyspace.name())) {
            add(
                    "keyspace",
                    "expected " + keyspace.name() + ", found " + plan.keyspace(),
                    keyspace.name().value());
        }
    }

    private void newShardIsNew(ShardName name, ShardSpec spec) {
        String field = "shards." + name;
        ShardEndpoint same = known.get(name);
        String place = ShardUrl.place(spec.url());
        if (same != null && !ShardUrl.place(same.url()).equals(place)) {
            add(
                    field + ".url",
                    "expected " + ShardUrl.place(same.url()) + ", where " + name + " is known to be, found " + place,
                    "give the new shard a name of its own");
        } else if (same != null && !same.credentials().equals(spec.credentials())) {
            add(
                    field + ".credentials",
                    "expected '" + same.credentials() + "', as " + name + " is known, found '" + spec.credentials()
                            + "'",
                    "leave " + name + " out of shards: it is known");
        }
        for (ShardEndpoint other : known.values()) {
            if (!other.name().equals(name) && ShardUrl.place(other.url()).equals(place)) {
                add(
                        field + ".url",
                        "expected a place of its own, found that of shard " + other.name(),
                        other.name().value());
            }
        }
        if (same == null && !plan.slotMap().containsKey(name)) {
            add(field, "expected slots for a new shard, found none in slotMap", null);
        }
    }

    /** A new shard takes an offset of the keyspace's increment, for ever. */
    private void offsetsSuffice() {
        Integer increment = keyspace.autoIncrementIncrement();
        Set<ShardName> all = new TreeSet<>(known.keySet());
        all.addAll(plan.shards().keySet());
        if (increment != null && all.size() > increment) {
            add(
                    "shards",
                    "expected at most " + increment
                            + " shards in the keyspace's life, its autoIncrement.increment, found " + all.size(),
                    "plan back onto shards that are known");
        }
    }

    private boolean shardsAreNamed() {
        boolean named = true;
        Set<String> names = new TreeSet<>();
        known.keySet().forEach(name -> names.add(name.value()));
        plan.shards().keySet().forEach(name -> names.add(name.value()));
        for (ShardName shard : plan.slotMap().keySet()) {
            if (!names.contains(shard.value())) {
                add(
                        "slotMap." + shard,
                        "expected a shard of the keyspace or of this plan, found '" + shard + "'"
                                + (names.size() > MOST_LISTED ? "" : "; known are " + String.join(", ", names)),
                        meant(shard.value()));
                named = false;
            }
        }
        return named;
    }

    /**
     * The shard that was probably meant: one of the plan's own that gets no slots otherwise, else a known one. None that would turn
     * the move round: no known shard that has slots today of those that the plan places.
     */
    private @Nullable String meant(String written) {
        Set<String> own = new TreeSet<>();
        plan.shards().keySet().stream()
                .filter(shard -> !plan.slotMap().containsKey(shard))
                .forEach(shard -> own.add(shard.value()));
        if (Words.nearest(written, own) != null) {
            return Words.onlyNearest(written, own);
        }
        BitSet placed = new BitSet();
        plan.slotMap().values().forEach(slots -> placed.or(slots.toBitSet()));
        Set<String> others = new TreeSet<>();
        for (ShardName shard : known.keySet()) {
            SlotRanges has = today.shards().get(shard);
            boolean gives = has != null && has.toBitSet().intersects(placed);
            if (!gives && !plan.slotMap().containsKey(shard)) {
                others.add(shard.value());
            }
        }
        return Words.onlyNearest(written, others);
    }

    private boolean slotsExist() {
        boolean exist = true;
        for (Map.Entry<ShardName, SlotRanges> entry : plan.slotMap().entrySet()) {
            BitSet beyond = entry.getValue().toBitSet();
            beyond.clear(0, today.slots());
            if (!beyond.isEmpty()) {
                add(
                        "slotMap." + entry.getKey(),
                        "expected slots from 0 to " + (today.slots() - 1) + ", found " + SlotRanges.of(beyond),
                        null);
                exist = false;
            }
        }
        return exist;
    }

    /** Of a slot map that does not fit, what does is looked at: it tells of no slot that moves nowhere. */
    private void somethingMovesOneWay(boolean fits) {
        SortedMap<ShardName, SlotRanges> wanted = new TreeMap<>();
        plan.slotMap().forEach((shard, slots) -> {
            BitSet within = slots.toBitSet();
            within.clear(today.slots(), Math.max(today.slots(), within.length()));
            if (!within.isEmpty()) {
                wanted.put(shard, SlotRanges.of(within));
            }
        });
        List<Move> moves = Move.between(today, wanted);
        if (fits && moves.isEmpty()) {
            add("slotMap", "expected a slot that moves, found each where it is today", null);
        }
        Set<ShardName> both = new TreeSet<>(Move.targetsBySource(moves).keySet());
        both.retainAll(Move.sourcesByTarget(moves).keySet());
        for (ShardName shard : both) { // [31]
            add(
                    "slotMap." + shard,
                    "expected a shard that gives slots or gets some, found one that does both",
                    "make two plans of it, one after the other");
        }
    }
}
