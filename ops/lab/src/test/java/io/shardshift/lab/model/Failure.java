package io.shardshift.lab.model;

import java.sql.SQLException;

/** What an error means for what was sent. */
enum Failure {
    /** Nothing has changed; the transaction is to be run again. */
    ROLLED_BACK,
    /** It may be committed, or not. */
    UNKNOWN,
    /** The connection is gone, with all that was not committed: nothing has changed. Fit only where connections are killed. */
    LOST,
    /** The statement met a row in its way; the transaction lives. */
    DUPLICATE,
    /** An application of these statements must never see it. */
    WRONG;

    private static final int ER_SERVER_SHUTDOWN = 1053;
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final int ER_DUP_ENTRY = 1062;
    private static final int ER_LOCK_WAIT_TIMEOUT = 1205;

    private static boolean isLost(SQLException e) {
        String state = e.getSQLState();
        boolean killed = e.getErrorCode() == ER_QUERY_INTERRUPTED || e.getErrorCode() == ER_SERVER_SHUTDOWN;
        return killed || (state != null && state.startsWith("08"));
    }

    static Failure of(SQLException e) {
        if ("08007".equals(e.getSQLState())) {
            return UNKNOWN;
        }
        if ("40001".equals(e.getSQLState()) || e.getErrorCode() == ER_LOCK_WAIT_TIMEOUT) {
            return ROLLED_BACK;
        }
        if (e.getErrorCode() == ER_DUP_ENTRY) {
            return DUPLICATE;
        }
        return isLost(e) ? LOST : WRONG;
    }
}
