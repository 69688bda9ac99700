package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Fails for a code that the plan accepts and nobody may: it is misspelt, or must be mended. */
final class AcceptedIsKnown implements Check {
    @Override
    public Set<Scope> scopes() {
        return Scope.AT_FIRST;
    }

    @Override
    public List<Finding> inspect(CheckContext context) {
        Findings findings = new Findings(this);
        List<String> known = Stream.concat(Findings.ACCEPTABLE.stream(), Findings.ONLY_WARNED.stream())
                .map(ErrorCode::name)
                .sorted()
                .toList();
        for (String code : context.accepted()) {
            if (!known.contains(code)) {
                findings.fail(
                        context.migration(),
                        Problem.of(
                                        ErrorCode.ACCEPTED_UNKNOWN,
                                        "plan {} accepts {}, expected of {}",
                                        context.migration(),
                                        code,
                                        known)
                                .remedy("take {} out of the plan's accept", code));
            }
        }
        return findings.list();
    }
}
