package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;

/** Ends an analysis with a refusal; caught by {@link StatementAnalyzer}, never seen outside. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String why;
    private final String remedy;

    RefusedException(Reason reason, String why, String remedy) {
        super(why, null, false, false);
        this.reason = reason;
        this.why = why;
        this.remedy = remedy;
    }

    Refused refused(String sql) {
        return new Refused(reason, why, remedy, SqlText.forMessage(sql));
    }
}
