package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.SqlText;
import io.shardshift.agent.transaction.TransactionFailed;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import org.jspecify.annotations.Nullable;

/** The one place that makes an {@link SQLException}. Messages show the statement with {@code ?} for values. */
final class AgentErrors {
    private AgentErrors() {}

    static SQLException refused(String reason, String sql) {
        return new SQLFeatureNotSupportedException(
                "Shardshift cannot route this safely: " + reason + ". Nothing has changed. Statement: "
                        + SqlText.forMessage(sql),
                "0A000");
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

    static SQLException closed(String what) {
        return new SQLNonTransientConnectionException("This " + what + " is closed", "08003");
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
        for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException server) {
                return server;
            }
        }
        return new SQLException(failed.getMessage(), "HY000", failed);
    }
}
