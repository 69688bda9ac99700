package io.shardshift.shard;

import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.JdbcStatement;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.ShardException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link ShardSession} over one JDBC connection with autocommit off. Not thread-safe but for {@link #abort}. */
public final class JdbcShardSession implements ShardSession {
    /** Keys in one statement: its text stays under 1 MB for composite text keys. */
    private static final int KEYS_PER_STATEMENT = 1_000;

    /** Bytes of rows in one INSERT: well under the smallest max_allowed_packet that preflight admits, 4 MiB. */
    private static final int BYTES_PER_INSERT = 1 << 20;

    private static final int ROWS_PER_INSERT = 1_000;

    private static final String FENCE = "SELECT f.role, f.peer, f.server_uuid, f.server_uuid = @@server_uuid, f.term,"
            + " f.step, (SELECT TIMESTAMPDIFF(MICROSECOND, NOW(6), h.until) FROM " + ShardTables.HOLD
            + " h WHERE h.migration = ? AND h.grp = ?) FROM " + ShardTables.FENCE
            + " f WHERE f.migration = ? AND f.grp = ?";

    private final ShardName shard;
    private final Connection connection;
    private final Runnable onClose;
    private boolean usable = true;
    private boolean closed;
    /** Nothing was sent since the last COMMIT or ROLLBACK that succeeded. */
    private boolean ended;

    private @Nullable Boolean timeoutRollsBack;
    private @Nullable Isolation isolation;

    /**
     * Wraps a connection whose autocommit is off and whose settings the caller chose: values are read alike whatever they are.
     *
     * @param onClose what becomes of the connection at {@link #close}; it is rolled back before
     */
    public JdbcShardSession(ShardName shard, Connection connection, Runnable onClose) {
        this(shard, connection, null, onClose);
    }

    /** @param isolation the connection's present one, null where it is not known */
    JdbcShardSession(ShardName shard, Connection connection, @Nullable Isolation isolation, Runnable onClose) {
        this.shard = shard;
        this.connection = connection;
        this.isolation = isolation;
        this.onClose = onClose;
    }

    /** The connection itself, for those who speak SQL: the driver's statements, fences, bookkeeping. */
    public Connection connection() {
        ended = false; // what is sent there is not seen here
        return connection;
    }

    /** The connection's isolation as this session left it, null where it is not known. */
    @Nullable
    Isolation isolation() {
        return isolation;
    }

    @Override
    public ShardName shard() {
        return shard;
    }

    @Override
    public long connectionId() {
        try {
            return connection.unwrap(JdbcConnection.class).getId();
        } catch (SQLException e) {
            return -1; // a closed connection has none any more
        }
    }

    @Override
    public void begin(Isolation wanted) throws ShardException {
        call(() -> {
            if (isolation != wanted) {
                connection.setTransactionIsolation(
                        wanted == Isolation.READ_COMMITTED
                                ? Connection.TRANSACTION_READ_COMMITTED
                                : Connection.TRANSACTION_REPEATABLE_READ);
                isolation = wanted;
            }
            return wanted;
        });
    }

    @Override
    public void commit() throws ShardException {
        try {
            connection.commit();
            ended = true;
        } catch (SQLException e) {
            ShardException translated = translate(e);
            if (translated.kind() == Kind.CONNECTION_LOST) {
                throw new ShardException(shard, Kind.OUTCOME_UNKNOWN, "connection lost at COMMIT", null, e);
            }
            throw translated;
        }
    }

    @Override
    public void rollback() throws ShardException {
        if (!usable) {
            return;
        }
        try {
            connection.rollback();
            ended = true;
        } catch (SQLException e) {
            if (translate(e).kind() != Kind.CONNECTION_LOST) { // a lost connection is rolled back by the server
                usable = false;
            }
        }
    }

    @Override
    public void confirmAlive() throws ShardException {
        call(() -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("DO 1");
            }
        });
    }

    @Override
    public Optional<FenceView> readFence(GroupId group, RowLock lock) throws ShardException {
        String sql = FENCE
                + switch (lock) {
                    case NONE -> "";
                    case SHARE -> " FOR SHARE OF f";
                    case SHARE_NOWAIT -> " FOR SHARE OF f NOWAIT";
                    case UPDATE -> " FOR UPDATE OF f";
                    case UPDATE_NOWAIT -> " FOR UPDATE OF f NOWAIT";
                };
        return call(() -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, group.migration().value());
                statement.setInt(2, group.number());
                statement.setString(3, group.migration().value());
                statement.setInt(4, group.number());
                ResultSet result = statement.executeQuery();
                if (!result.next()) {
                    return Optional.<FenceView>empty();
                }
                Fence fence = new Fence(
                        group,
                        Role.valueOf(result.getString(1)),
                        new ShardName(result.getString(2)),
                        result.getString(3),
                        result.getLong(5),
                        result.getLong(6));
                long holdMicros = Math.max(0, result.getLong(7)); // SQL NULL reads as 0: no hold
                return Optional.of(new FenceView(fence, result.getBoolean(4), Duration.ofNanos(holdMicros * 1_000)));
            }
        });
    }

    @Override
    public List<Row> readRows(ShardedTable table, Collection<PrimaryKey> keys, RowLock lock) throws ShardException {
        RowSql sql = sql(table);
        List<Row> rows = new ArrayList<>();
        for (List<PrimaryKey> some : batches(keys)) {
            rows.addAll(query(sql.selectByKeys(some.size(), lock), sql, statement -> sql.bindKeys(statement, some)));
        }
        return rows;
    }

    @Override
    public List<Row> readRange(ShardedTable table, KeyRange range, SlotRanges slots, RowLock lock)
            throws ShardException {
        RowSql sql = sqlOfRange(table, range.hasBounds());
        return query(sql.selectRange(range, slots, lock), sql, statement -> sql.bindRange(statement, range));
    }

    @Override
    public Optional<PrimaryKey> chunkEnd(ShardedTable table, Optional<PrimaryKey> after, int rows)
            throws ShardException {
        RowSql sql = sqlOfRange(table, true);
        return keyOf(sql.selectKeyAfter(after.isPresent(), rows - 1), sql, statement -> {
            if (after.isPresent()) {
                sql.bindCompare(statement, 1, after.get());
            }
        });
    }

    @Override
    public Optional<PrimaryKey> lastKey(ShardedTable table) throws ShardException {
        RowSql sql = sql(table);
        return keyOf(sql.selectLastKey(), sql, statement -> {});
    }

    @Override
    public int deleteRows(ShardedTable table, Collection<PrimaryKey> keys, SlotRanges slots) throws ShardException {
        RowSql sql = sql(table);
        int deleted = 0;
        for (List<PrimaryKey> some : batches(keys)) {
            deleted += update(sql.deleteByKeys(some.size(), slots), statement -> sql.bindKeys(statement, some));
        }
        return deleted;
    }

    @Override
    public int updateRow(ShardedTable table, Row row, SlotRanges slots) throws ShardException {
        RowSql sql = sql(table);
        return update(sql.update(slots), statement -> sql.bindUpdate(statement, row));
    }

    @Override
    public boolean hasRows(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException {
        RowSql sql = sqlOfRange(table, range.hasBounds());
        return !query(sql.selectFirst(range, slots), sql, statement -> sql.bindRange(statement, range))
                .isEmpty();
    }

    @Override
    public int deleteRange(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException {
        RowSql sql = sqlOfRange(table, range.hasBounds());
        return update(sql.deleteRange(range, slots), statement -> sql.bindRange(statement, range));
    }

    @Override
    public void insertRows(ShardedTable table, List<Row> rows) throws ShardException {
        RowSql sql = sql(table);
        int from = 0;
        while (from < rows.size()) {
            int to = from;
            int bytes = 0;
            while (to < rows.size() && to - from < ROWS_PER_INSERT && (to == from || bytes < BYTES_PER_INSERT)) {
                bytes += rows.get(to++).sizeBytes();
            }
            List<Row> some = rows.subList(from, to);
            update(sql.insert(some.size()), statement -> sql.bindRows(statement, some));
            from = to;
        }
    }

    @Override
    public void loadRows(ShardedTable table, List<Row> rows) throws ShardException {
        RowSql sql = sql(table);
        SQLWarning warning = call(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(new LoadDataStream(rows));
                int loaded = statement.executeUpdate(sql.load());
                SQLWarning found = statement.getWarnings();
                if (found == null && loaded != rows.size()) {
                    throw new SQLException("LOAD DATA wrote " + loaded + " of " + rows.size() + " rows");
                }
                return found;
            }
        });
        if (warning != null) {
            throw MysqlErrors.ofLoad(shard, table, warning); // [8]
        }
    }

    @Override
    public List<Row> readByUniqueKey(ShardedTable table, String uniqueKey, List<Row> rows, RowLock lock)
            throws ShardException {
        TableSchema.UniqueKey key = table.schema().uniqueKeys().stream()
                .filter(one ->
                        one.name().equalsIgnoreCase(uniqueKey) && !one.columns().isEmpty())
                .findFirst()
                .orElseThrow(() -> refused("unique key " + uniqueKey + " of " + table + " has no plain columns"));
        RowSql sql = sql(table);
        List<Row> found = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += KEYS_PER_STATEMENT) {
            List<Row> some = rows.subList(from, Math.min(rows.size(), from + KEYS_PER_STATEMENT));
            found.addAll(query(
                    sql.selectByUniqueKey(key, some.size(), lock),
                    sql,
                    statement -> sql.bindUniqueKey(statement, key.columns(), some)));
        }
        return found;
    }

    @Override
    public RangeChecksum checksum(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException {
        RowSql sql = sqlOfRange(table, range.hasBounds());
        return call(() -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.checksum(range, slots))) {
                sql.bindRange(statement, range);
                ResultSet result = statement.executeQuery();
                result.next();
                return new RangeChecksum(result.getLong(1), result.getString(2) + "/" + result.getString(3));
            }
        });
    }

    @Override
    public <T> T execute(ApplicationStatement<T> statement) throws ShardException {
        return call(() -> statement.runOn(this));
    }

    @Override
    public boolean isUsable() {
        return usable;
    }

    @Override
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("Connector/J refuses to abort", e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return; // a connection given back twice would serve two
        }
        closed = true;
        try {
            if (!ended) { // a round trip of each mirrored write
                rollback();
            }
        } catch (ShardException e) {
            usable = false;
        }
        onClose.run();
    }

    private static RowSql sql(ShardedTable table) {
        return table.sql();
    }

    private static List<List<PrimaryKey>> batches(Collection<PrimaryKey> keys) {
        List<PrimaryKey> all = List.copyOf(keys);
        List<List<PrimaryKey>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += KEYS_PER_STATEMENT) {
            batches.add(all.subList(from, Math.min(all.size(), from + KEYS_PER_STATEMENT)));
        }
        return batches;
    }

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private List<Row> query(String text, RowSql sql, Binding binding) throws ShardException {
        return call(() -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                binding.bind(statement);
                ResultSet result = statement.executeQuery();
                List<Row> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(sql.row(result));
                }
                return rows;
            }
        });
    }

    private Optional<PrimaryKey> keyOf(String text, RowSql sql, Binding binding) throws ShardException {
        return call(() -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                binding.bind(statement);
                ResultSet result = statement.executeQuery();
                return result.next() ? Optional.of(sql.key(result)) : Optional.<PrimaryKey>empty();
            }
        });
    }

    private int update(String text, Binding binding) throws ShardException {
        return call(() -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                binding.bind(statement);
                return statement.executeUpdate();
            }
        });
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws SQLException, ShardException;
    }

    private <T> T call(Call<T> call) throws ShardException {
        ended = false;
        try {
            return call.run();
        } catch (SQLException e) {
            throw translate(e);
        }
    }

    /** What an error of a statement on {@link #connection()} means for this session's transaction. */
    public ShardException translate(SQLException e) {
        ShardException translated = MysqlErrors.translate(
                shard, e, e.getErrorCode() == MysqlErrors.LOCK_WAIT_TIMEOUT && timeoutRollsBack());
        if (translated.kind() == Kind.CONNECTION_LOST) {
            usable = false;
        }
        return translated;
    }

    private boolean timeoutRollsBack() {
        Boolean known = timeoutRollsBack;
        if (known == null) {
            known = MysqlErrors.timeoutRollsBack(connection);
            timeoutRollsBack = known;
        }
        return known;
    }

    /** For a part of the table between keys: in an ENUM's or SET's own order no text bounds it, and rows would be missed. */
    private RowSql sqlOfRange(ShardedTable table, boolean bounded) throws ShardException {
        RowSql sql = sql(table);
        if (bounded && !sql.hasOrderedKey()) {
            throw refused("the primary key of " + table + " has an ENUM or SET column: it has no ranges");
        }
        return sql;
    }

    private ShardException refused(String what) {
        return new ShardException(shard, Kind.REFUSED, what, null, null);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "session %d on %s", connectionId(), shard);
    }
}
