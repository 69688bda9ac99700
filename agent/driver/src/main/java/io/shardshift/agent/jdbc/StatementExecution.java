package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Wanted;
import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.sql.Analysis;
import io.shardshift.agent.sql.Ddl;
import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.Read;
import io.shardshift.agent.sql.Refused;
import io.shardshift.agent.sql.RowChange;
import io.shardshift.agent.sql.SessionStatement;
import io.shardshift.agent.sql.SessionStatement.Target;
import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.SqlText;
import io.shardshift.agent.sql.TableRef;
import io.shardshift.agent.sql.TransactionControl;
import io.shardshift.agent.sql.Update;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.MysqlErrors;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardedTable;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides where each statement of one application connection goes.
 *
 * <pre>
 * autocommit read           read route of the epoch; phase 2 point reads at the new shard first
 * read-only transaction     one side, by the read route, no fence [30]
 * no migration              the owner by the slot map, no fence
 * everything else           {@link FencedExecution}: the owner, holding the fence of every group that it meets
 * </pre>
 */
final class StatementExecution {
    private static final Set<String> ROWS_OF_DDL = Set.of("ANALYZE", "CHECK", "OPTIMIZE");
    private static final Set<Refused.Reason> BY_DEFINITIONS =
            Set.of(Refused.Reason.COLUMN_COUNT, Refused.Reason.UNKNOWN_TABLE);
    private static final Pattern SCHEMA = Pattern.compile("^[^?]*/([^/?]+)");

    private final ApplicationSession session;
    private final AgentRuntime agent;
    private final FencedExecution fenced;

    StatementExecution(ApplicationSession session) {
        this.session = session;
        this.agent = session.agent();
        this.fenced = new FencedExecution(session);
    }

    Outcome execute(StatementCall call, Lease.Statements statements, Wanted wanted) throws SQLException {
        Current now = session.current();
        RouteSnapshot snapshot = now != null ? now.snapshot() : agent.routes().current();
        Analysis analysis = analyze(snapshot, call.sql());
        if (wanted != Wanted.ANY) {
            requireWanted(wanted, analysis);
        }
        if (analysis instanceof Read read) {
            return read(read, call, statements, snapshot);
        }
        if (analysis instanceof RowChange change) {
            ShardedTable table = table(change.table(), snapshot, call);
            RowWork work = work(
                    call, statements, change.shardKey(), List.of(table), false, rows -> rows.change(change, table));
            boolean moves = change instanceof Update update && update.changesShardKey();
            return write(moves ? work.changingShardKey() : work);
        }
        if (analysis instanceof Insert insert) {
            return insert(insert, call.withText(insert.text()), statements, snapshot);
        }
        if (analysis instanceof TransactionControl control) {
            return session.control(control);
        }
        if (analysis instanceof SessionStatement statement) {
            return sessionStatement(statement, call, statements);
        }
        if (analysis instanceof Ddl ddl) {
            return ddl(ddl, call, statements);
        }
        Refused refused = (Refused) analysis;
        throw AgentErrors.refused(refused.why() + ". " + refused.remedy(), call.sql());
    }

    /** A table may have been altered since its definition was read: then the text may mean something by the new one. */
    private Analysis analyze(RouteSnapshot snapshot, String sql) throws SQLException {
        Catalog catalog = agent.catalog(snapshot);
        Analysis analysis = catalog.statements().analyze(sql);
        boolean outdated = analysis instanceof Refused refused
                && BY_DEFINITIONS.contains(refused.reason())
                && agent.forget(catalog);
        return outdated ? agent.catalog(snapshot).statements().analyze(sql) : analysis;
    }

    private Outcome insert(Insert insert, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot)
            throws SQLException {
        ShardedTable table = table(insert.table(), snapshot, call);
        if (insert.select().isPresent()) {
            tables(insert.select().get(), snapshot, call);
        }
        boolean byOtherKeys = (insert.isReplace() || insert.hasOnDuplicate()) && insert.hasOtherUniqueKeys();
        StoredKeys.requireShardKey(insert, table, call); // [18]
        requireBoundKey(insert, table, call);
        RowWork work = work(
                call, statements, insert.shardKey(), List.of(table), byOtherKeys, rows -> rows.insert(insert, table));
        return write(insert.changesShardKey() ? work.changingShardKey() : work);
    }

    /** Before anything changes: an application that is told of an error must not have written. */
    private static void requireWanted(Wanted wanted, Analysis analysis) throws SQLException {
        if (wanted == Wanted.COUNT && analysis instanceof Read) {
            throw new SQLException("executeUpdate of a statement that gives rows: use executeQuery", "HY000");
        }
        boolean givesRows = !(analysis instanceof RowChange
                || analysis instanceof Insert
                || analysis instanceof TransactionControl
                || (analysis instanceof Ddl ddl && !ROWS_OF_DDL.contains(ddl.verb()))
                || (analysis instanceof SessionStatement session && session.target() == Target.ALL_SHARDS));
        if (wanted == Wanted.ROWS && !givesRows) {
            throw new SQLException("executeQuery of a statement that gives no rows: use executeUpdate", "HY000");
        }
    }

    /**
     * The keyspace's table. Throws 0A000 for a name with a schema that is not the one on every shard: on another shard it
     * would name another table, or none.
     */
    private ShardedTable table(TableRef table, RouteSnapshot snapshot, StatementCall call) throws SQLException {
        if (table.schema().isPresent()) {
            for (ShardEndpoint shard : snapshot.table().shards().values()) {
                Matcher schema = SCHEMA.matcher(shard.url());
                if (!schema.find() || !schema.group(1).equals(table.schema().get())) {
                    throw AgentErrors.refused(
                            "it names table " + table.name() + " with a schema, and shard " + shard.name()
                                    + " has another: leave the schema out",
                            call.sql());
                }
            }
        }
        return agent.catalog(snapshot).table(table.name());
    }

    private List<ShardedTable> tables(Read read, RouteSnapshot snapshot, StatementCall call) throws SQLException {
        List<ShardedTable> tables = new ArrayList<>(read.tables().size());
        for (TableRef table : read.tables()) {
            if (table.info().isPresent()) {
                tables.add(table(table, snapshot, call));
            }
        }
        return tables;
    }

    private RowWork work(
            StatementCall call,
            Lease.Statements statements,
            ShardKeyCondition shardKey,
            List<ShardedTable> tables,
            boolean meetsOtherSlots,
            RowWork.@Nullable Mirrored mirrored) {
        return new RowWork(
                call,
                statements,
                shardKey,
                tables,
                meetsOtherSlots,
                false,
                session.binding().key(),
                mirrored);
    }

    /** Of more rows than a condition lists each is looked at: a bound connection writes no row of another key. */
    private void requireBoundKey(Insert insert, ShardedTable table, StatementCall call) throws SQLException {
        SubKeys bound = session.binding().key();
        if (bound != null && insert.rows().size() > ShardKeyCondition.MAX_ALTERNATIVES) {
            for (int row = 0; row < insert.rows().size(); row++) {
                ShardKeyCondition one = new ShardKeyCondition.Values(List.of(insert.shardKey(row)));
                bound.requireNoOther(one, List.of(table), call);
            }
        }
    }

    private Outcome sessionStatement(SessionStatement statement, StatementCall call, Lease.Statements statements)
            throws SQLException {
        switch (statement.target()) {
            case ALL_SHARDS -> {
                session.setting(call);
                return Outcome.count(0);
            }
            case NEXT_TRANSACTION ->
                throw AgentErrors.refused("use Connection.setTransactionIsolation or setReadOnly", call.sql());
            case ANY_SHARD, LAST_USED_SHARD -> {
                return direct(session.anyLease(), call, statements);
            }
        }
        throw new IllegalStateException("unknown target " + statement.target());
    }

    /** A change of definitions commits what is open first, by steps 3 to 5 as any commit. */
    private Outcome ddl(Ddl ddl, StatementCall call, Lease.Statements statements) throws SQLException {
        Pin pin = agent.routes().pin();
        try {
            boolean ours = ddl.tables().stream().anyMatch(table -> table.info().isPresent());
            ShardName only = pin.snapshot().index().onlyOwner();
            if (only == null) {
                throw AgentErrors.refused(
                        "a change of definitions is made on each shard by its own connection", call.sql());
            }
            if (ours && pin.snapshot().isMigrating()) {
                throw AgentErrors.refused("the table moves now: change it before or after the migration", call.sql());
            }
            session.commit();
            pin.running(() -> SqlText.forMessage(call.sql()));
            return direct(session.lease(only, pin.watch()), call, statements);
        } finally {
            pin.end();
        }
    }

    private Outcome direct(Lease lease, StatementCall call, Lease.Statements statements) throws SQLException {
        if (session.current() == null) {
            lease.autoCommit(true);
        }
        PreparedStatement statement = call.prepare(statements, lease, call.sql(), call.generatedKeys());
        boolean rows = statement.execute();
        return new Outcome(statement, rows ? -1 : statement.getLargeUpdateCount());
    }

    private Outcome read(Read read, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot)
            throws SQLException {
        if (read.isSystemOnly()) {
            return direct(session.anyLease(), call, statements);
        }
        RowWork work = work(call, statements, read.shardKey(), tables(read, snapshot, call), false, null);
        if (session.isTransactional()) {
            return session.isReadOnly() ? readOnly(work) : write(work);
        }
        if (read.lock().locks()) {
            return write(work);
        }
        Optional<Outcome> outcome = pinnedRead(read, work);
        return outcome.isPresent() ? outcome.get() : write(work); // [33] what the new shard refuses
    }

    /** Connector/J holds the whole result, so the read has ended when this returns, but for a result that streams. */
    private Optional<Outcome> pinnedRead(Read read, RowWork work) throws SQLException {
        Pin pin = agent.routes().pin();
        boolean ended = true;
        try {
            pin.running(() -> SqlText.forMessage(work.call().sql()));
            Optional<Outcome> outcome = readAlone(read, work, pin);
            if (outcome.isPresent() && work.call().settings().streams(agent.options())) {
                ended = false;
                session.streams(work.statements(), pin);
            }
            return outcome;
        } finally {
            if (ended) {
                pin.end();
            }
        }
    }

    /** Empty: the new shard did not answer, and the owner's answer needs its fence. */
    private Optional<Outcome> readAlone(Read read, RowWork work, Pin pin) throws SQLException {
        Placement place = work.place(pin.snapshot(), Map.of());
        ShardName shard = place.readShard(work.call().sql());
        ShardName first = place.pointReadsFirst();
        if (first != null && read.pointRead().isPresent() && !first.equals(shard)) {
            Optional<Outcome> found = pointReadFirst(read, work, pin, first);
            if (found.isPresent()) {
                return found;
            }
        }
        boolean elsewhere = !place.owners().contains(shard);
        try {
            Lease lease = session.lease(shard, pin.watch());
            lease.patience(session.patience(pin, shard));
            return Optional.of(direct(lease, work.call(), work.statements()));
        } catch (SQLException e) {
            if (elsewhere && AgentErrors.saysLost(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** {@code FOR SHARE} in a transaction of its own: it waits for a writer between its two commits. */
    private Optional<Outcome> pointReadFirst(Read read, RowWork work, Pin pin, ShardName shard) throws SQLException {
        try {
            Lease lease = session.lease(shard, pin.watch());
            lease.patience(session.patience(pin, shard));
            boolean strict = pin.snapshot().table().strictReads();
            StatementCall call = work.call().withoutStreaming();
            lease.autoCommit(!strict);
            try {
                PreparedStatement statement = call.prepare(
                        work.statements(), lease, strict ? read.forShare().sql() : call.sql(), false);
                boolean found = statement.executeQuery().isBeforeFirst(); // without taking the row
                return found ? Optional.of(new Outcome(statement, -1)) : Optional.empty();
            } finally {
                if (strict && lease.serves(pin.watch())) {
                    lease.physical().rollback();
                    lease.autoCommit(true);
                }
            }
        } catch (SQLException e) {
            // What the new shard refuses is read at the old one, which is the owner in phase 2 [33].
            if (!AgentErrors.saysLost(e) && MysqlErrors.kind(e, false) == ShardException.Kind.REFUSED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Outcome readOnly(RowWork work) throws SQLException {
        String sql = work.call().sql();
        Current now = session.current();
        if (now == null) {
            now = beginReadOnly(work, sql);
        }
        if (!work.place(now.snapshot(), Map.of()).readShard(sql).equals(now.shard())) {
            throw AgentErrors.refused("the transaction began on shard " + now.shard(), sql); // [31]
        }
        now.pin().running(() -> SqlText.forMessage(sql));
        return direct(now.lease(), work.call(), work.statements());
    }

    private Current beginReadOnly(RowWork work, String sql) throws SQLException {
        Pin pin = agent.routes().pin();
        boolean begun = false;
        try {
            ShardName shard = work.place(pin.snapshot(), Map.of()).readShard(sql);
            Current now = session.begin(
                    pin,
                    shard,
                    Map.of(),
                    () -> agent.timing().deadlineIn(agent.options().writeTimeout()),
                    false);
            begun = true;
            session.savepoints().begun(now);
            return now;
        } finally {
            if (!begun) {
                pin.end();
            }
        }
    }

    private Outcome write(RowWork work) throws SQLException {
        if (session.isReadOnly() && work.changes()) {
            throw AgentErrors.readOnly("connection");
        }
        Current now = session.current();
        if (now != null) {
            return fenced.inTransaction(now, work);
        }
        if (!session.isTransactional()) {
            Pin pin = agent.routes().pin();
            try {
                if (!pin.snapshot().isMigrating()) { // the hot path
                    ShardName owner = work.place(pin.snapshot(), Map.of())
                            .owner(work.call().sql());
                    Lease lease = session.lease(owner, pin.watch());
                    lease.patience(0); // as a read may have left it
                    if (!work.changes()) { // it locks: read whole, for the pin ends here [11]
                        return direct(lease, work.call().withoutStreaming(), work.statements());
                    }
                    lease.autoCommit(true);
                    StatementCall call = work.call();
                    return StatementCall.update(
                            call.prepare(work.statements(), lease, call.sql(), call.generatedKeys()));
                }
            } finally {
                pin.end();
            }
        }
        return fenced.begin(work);
    }
}
