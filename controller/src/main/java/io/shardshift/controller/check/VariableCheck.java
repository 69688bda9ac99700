package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** A check of settings of a server, all shards' settings being read by one query each. */
abstract class VariableCheck extends ShardCheck {
    /**
     * What one setting must be.
     *
     * @param expected how {@code fits} is told to a person
     * @param remedy a statement
     */
    record Wanted(String variable, Predicate<String> fits, String expected, String remedy) {
        /** Takes effect for sessions that are opened afterwards. */
        static final String RECONNECT = "; -- then reconnect the sessions that are open now";

        /** Exactly {@code value}, in upper case, and set by a statement. */
        static Wanted of(String variable, String value) {
            return new Wanted(variable, value::equals, value, "SET PERSIST " + variable + " = " + value);
        }

        /** As {@link #of}; the value is new to sessions that are open. */
        static Wanted ofSessions(String variable, String value) {
            return new Wanted(
                    variable, value::equals, value, "SET PERSIST " + variable + " = '" + value + "'" + RECONNECT);
        }

        Wanted remedy(String other) {
            return new Wanted(variable, fits, expected, other);
        }
    }

    private final ErrorCode code;
    private final List<Wanted> wanted;

    VariableCheck(ErrorCode code, Side side, Wanted... wanted) {
        super(side, Scope.ALWAYS);
        this.code = code;
        this.wanted = List.of(wanted);
    }

    @Override
    final void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        for (Wanted one : wanted) {
            String found = shard.setting(one.variable());
            if (!one.fits().test(found)) {
                Problem problem = Problem.of(
                                code,
                                "{} is {} on {}, expected {}",
                                one.variable(),
                                found.isEmpty() ? "empty" : found,
                                shard,
                                one.expected())
                        .remedy("{}", one.remedy());
                report(context, shard, problem, findings);
            }
        }
    }

    /** A failure, unless a check says otherwise. */
    void report(CheckContext context, ShardView shard, Problem problem, Findings findings) {
        findings.fail(shard, problem);
    }
}
