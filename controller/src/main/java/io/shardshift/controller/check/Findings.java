package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the findings of one check. */
final class Findings {
    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

    /** What an operator may answer for; a plan that accepts another code is refused, but for those below. */
    static final Set<ErrorCode> ACCEPTABLE =
            Set.of(ErrorCode.COMMITS_NOT_DURABLE, ErrorCode.FOREIGN_KEY_ACROSS_SHARDS, ErrorCode.TARGET_HOLDS_ROWS);

    /** Never more than a warning: to accept it changes nothing, and says that it was read. */
    static final Set<ErrorCode> ONLY_WARNED = Set.of(
            ErrorCode.BINLOG_KEPT_BRIEFLY,
            ErrorCode.CLOCKS_DIFFER,
            ErrorCode.FOREIGN_WRITERS,
            ErrorCode.JSON_OPAQUE,
            ErrorCode.SETTINGS_DIFFER);

    private final String check;
    private final List<Finding> list = new ArrayList<>();

    Findings(Check check) {
        this.check = check.name();
    }

    Findings fail(Object subject, Problem problem) {
        list.add(Finding.fail(check, subject.toString(), problem));
        return this;
    }

    Findings warn(Object subject, Problem problem) {
        list.add(Finding.warn(check, subject.toString(), problem));
        return this;
    }

    /** A failure whose remedy names what to write into the plan; a warning once the plan has it. */
    Findings failUnlessAccepted(CheckContext context, Object subject, Problem problem) {
        if (!ACCEPTABLE.contains(problem.code())) {
            throw new IllegalArgumentException(problem.code() + " is not acceptable");
        }
        if (context.accepts(problem.code())) {
            return warn(subject, problem.because("the plan accepts it"));
        }
        String remedy = problem.remedy();
        return fail(
                subject,
                problem.remedy("{} -- or write into the plan: accept: [{}]", String.valueOf(remedy), problem.code()));
    }

    /** What has not been seen to be right is not taken for right. */
    Findings couldNotRun(Object subject, Exception e) {
        LOG.warn("check {} could not be run on {}", check, subject, e);
        Problem problem = e instanceof ProblemException known
                ? known.problem()
                : Problem.of(ErrorCode.CHECK_FAILED, "{} could not be run: {}", check, String.valueOf(e.getMessage()))
                        .remedy("nothing was concluded: make the shard answer this query, then try again");
        return fail(subject, problem);
    }

    List<Finding> list() {
        return list;
    }

    /** Shard and table as a subject. */
    static String at(ShardView shard, String table) {
        return shard + "." + table;
    }

    /** Shard, table and column as a subject. */
    static String at(ShardView shard, ColumnInfo column) {
        return shard + "." + column;
    }
}
