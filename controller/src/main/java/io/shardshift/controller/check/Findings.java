package io.shardshift.controller.check;

import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** Collects the findings of one check. */
final class Findings {
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

    /** A failure until the plan accepts its code, a warning then. */
    Findings failUnlessAccepted(CheckContext context, Object subject, Problem problem) {
        return context.accepts(problem.code()) ? warn(subject, problem) : fail(subject, problem);
    }

    List<Finding> list() {
        return list;
    }

    /** Shard and table as a subject. */
    static String at(ShardView shard, String table) {
        return shard + "." + table;
    }
}
