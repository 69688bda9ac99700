package io.shardshift.controller.apply;

import io.shardshift.api.routing.MigrationId;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged;
import io.shardshift.controller.stream.StoredStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The naming of rows on one shard, between the backfill that wants it and the stream that does it. What it says comes from
 * the stream alone; how far a table is, is in the stream's stored position. Thread-safe.
 */
public final class Naming {
    /**
     * What the stream has told so far, since it was opened.
     *
     * @param about id of the last naming that it had in hand: all else is about that one
     * @param underWay whether it still has, as of the last event taken
     * @param settled whether the ends of all tables that were taken are in {@code done} or {@code failed}, and no opening is
     *     asked for
     * @param rows rows handed out, by table, of any slot
     * @param done tables of which every row was named, and its mirror was equal since
     * @param failed tables that Debezium has passed over, with its reason
     * @param missed why a named row of a moving slot was not mirrored; then {@code done} counts for nothing
     * @param opening number of times that the stream was opened
     */
    public record Told(
            Optional<String> about,
            boolean underWay,
            boolean settled,
            Map<String, Long> rows,
            Set<String> done,
            Map<String, String> failed,
            Optional<String> missed,
            long opening) {}

    private final Optional<MigrationId> signals;
    private Optional<String> wanted = Optional.empty();
    private boolean anew;
    private Optional<String> about = Optional.empty();
    private boolean underWay;
    private int ends;
    private final Map<String, Long> rows = new TreeMap<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, String> failed = new HashMap<>();
    private @Nullable String missed;
    private long opening;

    private Naming(Optional<MigrationId> signals) {
        this.signals = signals;
    }

    /** Rows can be named by the signals of {@code migration}. */
    public static Naming by(MigrationId migration) {
        return new Naming(Optional.of(migration));
    }

    /** A stream of changes alone. */
    public static Naming none() {
        return new Naming(Optional.empty());
    }

    Optional<MigrationId> signals() {
        return signals;
    }

    /** From now on an opening of the stream goes on with the naming {@code id}, where that was under way; with no other. */
    public synchronized void want(String id) {
        wanted = Optional.of(id);
    }

    /** From now on an opening of the stream names nothing. What the open stream does is not changed. */
    public synchronized void wantNothing() {
        wanted = Optional.empty();
    }

    /** The stream is opened again soon, and names nothing there. */
    public synchronized void endByReopening() {
        anew = true;
        begin(Optional.empty());
    }

    public synchronized Told told() {
        return new Told(
                about,
                underWay,
                ends == 0 && !anew,
                Map.copyOf(rows),
                Set.copyOf(done),
                Map.copyOf(failed),
                Optional.ofNullable(missed),
                opening);
    }

    synchronized boolean mustReopen() {
        return anew;
    }

    /** What the stream is opened with; the figures begin there. */
    synchronized StoredStream opening(StoredStream stored) {
        Optional<String> before = stored.position().namingUnderWay();
        boolean goesOn = !anew && before.isPresent() && before.equals(wanted);
        anew = false;
        begin(goesOn ? before : Optional.empty());
        opening++;
        return goesOn || before.isEmpty()
                ? stored
                : stored.with(stored.position().withoutNaming(), stored.fences(), stored.schemaHistory());
    }

    private void begin(Optional<String> id) {
        about = id;
        underWay = id.isPresent();
        ends = 0;
        rows.clear();
        done.clear();
        failed.clear();
        missed = null;
    }

    /** The event was taken; changes before it are perhaps not mirrored yet. */
    synchronized void taken(NamingChanged event) {
        switch (event.what()) {
            case BEGUN -> begin(Optional.of(event.id()));
            case TABLE_DONE, TABLE_FAILED -> ends++;
            case ENDED -> underWay = false;
        }
    }

    synchronized void found(String table) {
        rows.merge(table, 1L, Long::sum);
    }

    synchronized void missed(String why) {
        missed = why;
    }

    /** All rows named before the end of that table are mirrored. */
    synchronized void passed(NamingChanged end) {
        ends = Math.max(0, ends - 1); // perhaps of a naming that was ended since
        if (end.what() == NamingChanged.What.TABLE_DONE) {
            done.add(end.table());
        } else {
            failed.put(end.table(), end.detail());
        }
    }
}
