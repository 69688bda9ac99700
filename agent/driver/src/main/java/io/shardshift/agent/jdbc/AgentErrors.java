package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.SqlText;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.shard.Column;
import io.shardshift.shard.MysqlErrors;
import io.shardshift.shard.Registration;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.StoredForm;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** The one place that makes an {@link SQLException}. Messages show the statement with {@code ?} for values. */
final class AgentErrors {
    /** MySQL's own codes: who handles its errors handles these. */
    private static final int ER_DATA_TOO_LONG = 1406;

    private static final int ER_WARN_DATA_OUT_OF_RANGE = 1264;

    private AgentErrors() {}

    static SQLException refused(String reason, String sql) {
        return new SQLFeatureNotSupportedException(message(reason, sql), "0A000");
    }

    private static String message(String reason, String sql) {
        return "Shardshift cannot route this safely: " + reason + ". Nothing has changed. Statement: "
                + SqlText.forMessage(sql);
    }

    /** Of a key's value that MySQL would store as another one, or not at all; does not show the value. */
    static SQLException notStored(Column column, StoredForm.Stored stored, String sql) {
        String reason = "the value of key column " + column.name() + " would not be stored as it is: " + stored.why();
        return switch (stored.fit()) {
            case TOO_LONG -> new SQLDataException(message(reason, sql), "22001", ER_DATA_TOO_LONG);
            case OUT_OF_RANGE -> new SQLDataException(message(reason, sql), "22003", ER_WARN_DATA_OUT_OF_RANGE);
            case AS_GIVEN, CHANGED, OTHERWISE -> refused(reason, sql);
        };
    }

    /** Of the agents' user, which preflight looks at only where an agent is connected. */
    static SQLException temporaryTablesDenied(SQLException cause, String sql) {
        return new SQLSyntaxErrorException(
                "Shardshift finds out by a temporary table which rows this statement writes while they move, and its user"
                        + " may not make one: GRANT CREATE TEMPORARY TABLES ON <schema>.* TO it on each shard. Nothing has"
                        + " changed. Statement: " + SqlText.forMessage(sql),
                cause.getSQLState(),
                cause.getErrorCode(),
                cause);
    }

    static SQLException retry(String reason, @Nullable Throwable cause) {
        return new SQLTransactionRollbackException(
                "The transaction was rolled back, nothing has changed; run it again: " + reason, "40001", 0, cause);
    }

    static SQLException outcomeUnknown(String reason, @Nullable Throwable cause) {
        return new SQLNonTransientConnectionException(
                "The connection was lost at COMMIT: whether the transaction is committed is unknown: " + reason,
                "08007",
                0,
                cause);
    }

    /** The server's row of this agent says that it was expelled. */
    static SQLException expelled(Registration.Expelled cause) {
        return new SQLNonTransientConnectionException(cause.getMessage(), "08004", 0, cause);
    }

    /** Whether {@code e}, or what a pool wrapped in it, is {@link #expelled}. */
    static boolean saysExpelled(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Registration.Expelled) {
                return true;
            }
        }
        return false;
    }

    /** Whether the shard cannot be reached, or the connection to it is gone with all that was not committed. */
    static boolean saysLost(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || MysqlErrors.kind(e, false) == ShardException.Kind.CONNECTION_LOST;
    }

    static SQLException cannotStart(KeyspaceName keyspace, Exception cause) {
        return new SQLNonTransientConnectionException(
                "The agent of keyspace " + keyspace + " cannot start: " + cause.getMessage(), "08001", 0, cause);
    }

    static SQLException url(String message) {
        return new SQLNonTransientConnectionException(message, "08001");
    }

    static SQLException shardingKey(String what) {
        return new SQLException(what, "22023");
    }

    static SQLException boundElsewhere() {
        return new SQLException(
                "setShardingKey inside a transaction that began on another shard than the key's", "25001");
    }

    /** A failure of ours, never the application's: nothing of the statement is kept. */
    static SQLException internal(RuntimeException cause) {
        return new SQLException(
                "Shardshift failed; the transaction, if any, takes only ROLLBACK: " + cause, "HY000", cause);
    }

    static SQLException insideTransaction(String what) {
        return new SQLException(what + " inside a transaction", "25001");
    }

    static SQLException noTransaction(String what) {
        return new SQLException(what + " needs a transaction, or a savepoint that is there", "HY000", 1305);
    }

    static SQLException readOnly(String what) {
        return new SQLException("The " + what + " is read-only", "25006", 1792);
    }

    static SQLException closed(String what) {
        return new SQLNonTransientConnectionException("This " + what + " is closed", "08003");
    }

    static SQLException closing(@Nullable Throwable cause) {
        return new SQLNonTransientConnectionException(
                "The data source is being closed: it gives no connection any more", "08003", 0, cause);
    }

    static SQLException of(TransactionFailed failed, String sql) {
        return switch (failed.kind()) {
            case NOT_NOW, RETRY -> retry(failed.getMessage(), failed);
            case REFUSED -> refused(failed.getMessage(), sql);
            case OUTCOME_UNKNOWN -> outcomeUnknown(failed.getMessage(), failed);
            case STATEMENT -> statement(failed);
        };
    }

    /** The server's own error, as it is, where there is one. */
    private static SQLException statement(TransactionFailed failed) {
        if (failed.getCause() instanceof RowsCollide) {
            return new SQLIntegrityConstraintViolationException(failed.getMessage(), "23000", 1062, failed);
        }
        for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException server) {
                return server;
            }
        }
        return new SQLException(failed.getMessage(), "HY000", failed);
    }
}
