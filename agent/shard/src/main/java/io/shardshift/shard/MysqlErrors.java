package io.shardshift.shard;

import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.ShardException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one place that says what an {@link SQLException} of MySQL means. */
public final class MysqlErrors {
    private static final Pattern KEY = Pattern.compile("for key '(?:[^'.]*\\.)?([^']*)'");

    static final int LOCK_WAIT_TIMEOUT = 1205;

    private MysqlErrors() {}

    /** {@code rollbackOnTimeout}: the server's innodb_rollback_on_timeout. */
    public static Kind kind(SQLException e, boolean rollbackOnTimeout) {
        String state = e.getSQLState();
        if (state != null && state.startsWith("08")) {
            return Kind.CONNECTION_LOST;
        }
        return switch (e.getErrorCode()) {
            case LOCK_WAIT_TIMEOUT -> rollbackOnTimeout ? Kind.TRANSACTION_LOST : Kind.LOCK_REFUSED;
            case 3572, 3024 -> Kind.LOCK_REFUSED; // NOWAIT; MAX_EXECUTION_TIME
            case 1213 -> Kind.TRANSACTION_LOST;
            case 1062, 1586 -> Kind.DUPLICATE_KEY;
            case 1290, 1792, 1836, 3100 -> Kind.READ_ONLY;
            case 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 2006, 2013, 4031 -> Kind.CONNECTION_LOST;
            default -> Kind.REFUSED;
        };
    }

    /** Name of the unique key in a duplicate-key message, null where there is none. */
    public static @Nullable String duplicateKey(@Nullable String message) {
        if (message == null) {
            return null;
        }
        Matcher matcher = KEY.matcher(message);
        return matcher.find() ? matcher.group(1) : null;
    }

    /** innodb_rollback_on_timeout, which only a restart changes; a server that does not answer is taken to have it [4]. */
    static boolean timeoutRollsBack(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT @@innodb_rollback_on_timeout")) {
            return !result.next() || result.getBoolean(1);
        } catch (SQLException e) {
            return true;
        }
    }

    /** LOCAL makes errors of LOAD DATA warnings, and leaves the row out: none is admitted [8]. */
    static ShardException ofLoad(ShardName shard, ShardedTable table, SQLWarning warning) {
        boolean duplicate = warning.getErrorCode() == 1062;
        return new ShardException(
                shard,
                duplicate ? Kind.DUPLICATE_KEY : Kind.REFUSED,
                "LOAD DATA into " + table + ": " + warning.getMessage(),
                duplicate ? duplicateKey(warning.getMessage()) : null,
                warning);
    }

    static ShardException translate(ShardName shard, SQLException e, boolean rollbackOnTimeout) {
        Kind kind = kind(e, rollbackOnTimeout);
        return new ShardException(
                shard,
                kind,
                "MySQL error " + e.getErrorCode() + ": " + e.getMessage(),
                kind == Kind.DUPLICATE_KEY ? duplicateKey(e.getMessage()) : null,
                e);
    }
}
