package io.shardshift.lab.model;

import java.sql.SQLException;

/** What an error means for what was sent. */
enum Failure {
    /** Nothing has changed; the transaction is to be run again. */
    ROLLED_BACK,
    /** It may be committed, or not. */
    UNKNOWN,
    /** The statement met a row in its way; the transaction lives. */
    DUPLICATE,
    /** An application of these statements must never see it. */
    WRONG;

    private static final int ER_DUP_ENTRY = 1062;
    private static final int ER_LOCK_WAIT_TIMEOUT = 1205;

    static Failure of(SQLException e) {
        if ("08007".equals(e.getSQLState())) {
            return UNKNOWN;
        }
        if ("40001".equals(e.getSQLState()) || e.getErrorCode() == ER_LOCK_WAIT_TIMEOUT) {
            return ROLLED_BACK;
        }
        return e.getErrorCode() == ER_DUP_ENTRY ? DUPLICATE : WRONG;
    }
}
