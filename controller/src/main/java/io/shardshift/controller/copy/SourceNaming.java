package io.shardshift.controller.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.controller.apply.Naming;
import io.shardshift.controller.apply.Naming.Told;
import io.shardshift.controller.stream.NamingSignals;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backfill of one source by its stream. Only one naming is under way at a time, and none is begun before the stream
 * has met all signals of before: what is under way is then known, whoever began it. One thread, but for {@link #progress}.
 */
final class SourceNaming {
    private static final Logger LOG = LoggerFactory.getLogger(SourceNaming.class);
    private static final Duration CALL = Duration.ofSeconds(10);

    /** A look of the stream at the present; it is tried again, so that a stop is heeded. */
    private static final Duration MEET = Duration.ofSeconds(2);

    /** Without news for so long the stream itself is asked; a large chunk on a slow server takes less. */
    private static final Duration QUIET = Duration.ofSeconds(30);

    /** A shorter wait is not worth two signals. */
    private static final Duration LEAST_PAUSE = Duration.ofMillis(250);

    /** Tables that Debezium passes over in one go on: the next would not differ. */
    private static final int MOST_FAILURES = 3;

    /** How far one table is. */
    private static final class Table {
        private final ShardedTable table;
        private @Nullable Long estimate;
        private long rows;
        private long told;
        private boolean done;
        private int failures;

        Table(ShardedTable table) {
            this.table = table;
        }
    }

    private final WorkContext context;
    private final List<MirroredPair> pairs;
    private final ShardName source;
    private final NamingSignals signals;
    private final ProgressStore store;
    private final NamedRows rows;
    private final RateMeter meter;
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private Map<Integer, Long> attempts = Map.of();
    private String id = "";
    private @Nullable Naming naming;
    private @Nullable Told last;
    private long newsNanos;
    private long storedNanos;
    private boolean asked;

    /** Whether the stream was told to pause; empty while that is not known. */
    private Optional<Boolean> paused = Optional.empty();

    private long pauseUntilNanos;
    private volatile List<TableProgress> shown = List.of();

    /** @param pairs those of one source */
    SourceNaming(
            WorkContext context,
            List<MirroredPair> pairs,
            List<ShardedTable> tables,
            ProgressStore store,
            NamedRows rows,
            RateMeter meter) {
        this.context = context;
        this.pairs = pairs;
        this.source = pairs.get(0).source();
        this.signals = new NamingSignals(migration());
        this.store = store;
        this.rows = rows;
        this.meter = meter;
        tables.forEach(table -> this.tables.put(table.name(), new Table(table)));
    }

    private MigrationId migration() {
        return pairs.get(0).groups().get(0).id().migration();
    }

    private Map<Integer, Long> currentAttempts() {
        Map<Integer, Long> current = new TreeMap<>();
        pairs.forEach(pair -> current.putAll(TableTask.current(pair, context.attempts())));
        return current;
    }

    void begin() throws ProblemException {
        attempts = currentAttempts();
        id = id(migration(), attempts);
        asked = false;
        paused = Optional.empty();
        newsNanos = context.timing().nanoTime();
        pauseUntilNanos = newsNanos;
        for (Table table : tables.values()) {
            table.estimate = context.estimates()
                    .of(source, table.table.name())
                    .map(estimate -> Long.valueOf(estimate.rows()))
                    .orElse(null);
            table.rows = 0;
            table.told = 0;
            table.done = false;
            Optional<TableProgress> stored = store.read(source, target(), table.table.name());
            if (stored.isPresent() && stored.get().attempts().equals(attempts)) { // [34]
                table.done = stored.get().done();
                table.rows = stored.get().rows();
                meter.goesOnAfter(stored.get());
            } else {
                store.write(progress(table)); // whoever only reads what is stored finds every table
            }
        }
        show();
        if (!isDone()) {
            naming = rows.naming(source, id);
        }
    }

    /** The attempts are a part of the id, so that what was named under others is never taken for it [34]. */
    private static String id(MigrationId migration, Map<Integer, Long> attempts) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(attempts.toString().getBytes(UTF_8));
            return migration + "/" + HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Progress is recorded for the first target; it counts for all of them. */
    private ShardName target() {
        return pairs.get(0).target();
    }

    boolean isDone() {
        return tables.values().stream().allMatch(table -> table.done) && attempts.equals(currentAttempts());
    }

    /** Looks what has come and does what is to be done next; answers the number of rows that were looked at since. */
    long goOn() throws ProblemException, InterruptedException {
        Map<Integer, Long> current = currentAttempts();
        if (!current.equals(attempts)) {
            begin();
        }
        Naming of = naming;
        if (of == null || isDone()) {
            return 0;
        }
        Told told = of.told();
        boolean ours = told.about().equals(Optional.of(id));
        if (told.underWay() && !ours) { // of an earlier attempt: nothing that it has named counts [34]
            of.endByReopening();
            return 0;
        }
        notice(told);
        long more = 0;
        if (ours) {
            more = count(told);
            recordEnds(told);
        }
        last = told;
        show();
        if (isDone()) {
            return more;
        }
        if (told.underWay()) {
            asked = false;
            pace();
        } else if (told.settled() && !asked) {
            beginNaming(of);
        }
        requireNews(told);
        return more;
    }

    private void notice(Told told) {
        Told before = last;
        if (before == null || before.opening() != told.opening()) {
            paused = Optional.empty(); // the stream was opened again and knows of no pause
            asked = false;
            tables.values().forEach(table -> table.told = 0);
        }
        if (!told.equals(before)) {
            newsNanos = context.timing().nanoTime();
        }
    }

    private long count(Told told) {
        long more = 0;
        for (Table table : tables.values()) {
            long now = told.rows().getOrDefault(table.table.name(), 0L);
            long since = now >= table.told ? now - table.told : now; // a naming begins at 0
            table.told = now;
            if (!table.done) {
                table.rows += since;
            }
            more += since;
        }
        Duration wait = context.rate().book(more);
        if (wait.compareTo(LEAST_PAUSE) >= 0) {
            pauseUntilNanos = context.timing().nanoTime() + wait.toNanos();
        }
        return more;
    }

    private void recordEnds(Told told) throws ProblemException {
        if (told.missed().isPresent()) {
            Naming of = naming;
            if (of != null) {
                of.endByReopening();
            }
            throw new ProblemException(Problem.of(
                            ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                            "The copy of {} by its stream stopped: not every row that was named could be mirrored.",
                            source)
                    .because("{}", told.missed().get())
                    .remedy("none needed: it begins anew once the groups' fences are in phase 3 again"));
        }
        boolean news = false;
        for (Table table : tables.values()) {
            if (!table.done && told.done().contains(table.table.name())) {
                table.done = true;
                news = true;
                store.write(progress(table));
            }
        }
        long now = context.timing().nanoTime();
        if (!news && now - storedNanos < Duration.ofSeconds(1).toNanos()) {
            return;
        }
        storedNanos = now;
        for (Table table : tables.values()) {
            if (!table.done && table.rows > 0) {
                store.write(progress(table));
            }
        }
    }

    private void beginNaming(Naming of) throws ProblemException, InterruptedException {
        if (!rows.hasMetNow(source, context.timing().deadlineIn(MEET))) {
            return;
        }
        Told told = of.told();
        if (told.underWay() || !told.settled()) {
            return; // a signal of before was met on the way
        }
        if (told.about().equals(Optional.of(id))) {
            recordEnds(told);
        }
        List<String> names = new ArrayList<>();
        for (Table table : tables.values()) {
            if (!table.done) {
                String failed = told.failed().getOrDefault(table.table.name(), "");
                table.failures += failed.isEmpty() ? 0 : 1;
                if (table.failures >= MOST_FAILURES) {
                    throw new ProblemException(Problem.of(
                                    ErrorCode.CHECK_FAILED,
                                    "Rows of table {} on {} cannot be named by the stream.",
                                    table.table,
                                    source)
                            .because("Debezium passed it over {} times, the last with {}", table.failures, failed)
                            .remedy("look at the controller's log, or plan backfill: copy"));
                }
                table.rows = 0;
                names.add(table.table.name());
            }
        }
        LOG.info("The stream of {} names the rows of {}", source, names);
        asked = true;
        paused = Optional.of(false);
        send(connection -> signals.begin(connection, id, names));
    }

    /** Debezium has no rate of its own: it is paused while the throttle is closed or rows are ahead of their rate. */
    private void pace() throws ProblemException {
        boolean wait = !context.throttle().isOpen()
                || pauseUntilNanos - context.timing().nanoTime() > 0;
        if (wait && !paused.equals(Optional.of(true))) {
            send(signals::pause);
            paused = Optional.of(true);
        } else if (!wait && !paused.equals(Optional.of(false))) {
            send(signals::resume);
            paused = Optional.of(false);
        }
    }

    private void requireNews(Told told) throws ProblemException, InterruptedException {
        long quiet = context.timing().nanoTime() - newsNanos;
        if (quiet < QUIET.toNanos() || paused.equals(Optional.of(true))) {
            return;
        }
        if (!rows.hasMetNow(source, context.timing().deadlineIn(MEET))) {
            throw new ProblemException(Problem.of(
                            ErrorCode.STREAM_NOT_CAUGHT_UP,
                            "The copy of {} by its stream has not gone on for {} s. It goes on by itself.",
                            source,
                            QUIET.toSeconds())
                    .remedy("look at streams in status"));
        }
        newsNanos = context.timing().nanoTime();
        asked = asked && told.underWay(); // else the stream has passed the signal and begun nothing
        paused = Optional.empty(); // a leader of before may have told it so, late
    }

    /** The end, or a stop: then the stream pauses, and does not go on by itself when it is opened again. */
    void rest() {
        show(); // whatever ended the run, what it did is seen
        Naming of = naming;
        if (of == null) {
            return;
        }
        of.wantNothing();
        try {
            send(isDone() ? signals::clear : signals::pause);
        } catch (ProblemException e) {
            of.endByReopening(); // it must not go on unasked; at most the table in hand is read again
            LOG.info("The stream of {} was not told to pause and is opened again", source, e);
        }
    }

    /** As of the last look; for any thread. */
    List<TableProgress> progress() {
        return shown;
    }

    private void show() {
        shown = tables.values().stream().map(this::progress).toList();
    }

    private TableProgress progress(Table table) {
        Long total = table.done ? Long.valueOf(table.rows) : table.estimate;
        return new TableProgress(
                TableProgress.VERSION,
                source,
                target(),
                table.table.name(),
                attempts,
                null,
                table.rows,
                total == null ? null : Long.valueOf(Math.max(total, table.rows)),
                table.done,
                0,
                0,
                meter.workedMillis());
    }

    @FunctionalInterface
    private interface Signal {
        void send(Connection connection) throws SQLException;
    }

    private void send(Signal signal) throws ProblemException {
        try (ShardSession session =
                context.sessions().open(source, Purpose.PLAIN, context.timing().deadlineIn(CALL))) {
            session.execute(on -> {
                signal.send(((JdbcShardSession) on).connection());
                return true;
            });
            session.commit();
        } catch (ShardException e) {
            throw new ProblemException(
                    Problem.of(
                            ErrorCode.SHARD_UNREACHABLE,
                            "The stream of {} could not be told what to name: {}. It is tried again by itself.",
                            source,
                            String.valueOf(e.getMessage())),
                    e);
        }
    }
}
