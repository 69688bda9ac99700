package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All checks, and the one way to run them. Stateless. */
public final class Checks {
    private static final Logger LOG = LoggerFactory.getLogger(Checks.class);

    private Checks() {}

    /** Every check, in order of name. */
    public static List<Check> all() {
        return List.of(
                        new AutoIncrementIsManaged(),
                        new BinlogFormatIsRow(),
                        new BinlogIsKept(),
                        new BinlogIsNotCompressed(),
                        new BinlogIsOn(),
                        new CharacterSetsAreKnown(),
                        new ClocksAgree(),
                        new CommitsAreDurable(),
                        new ControllerHasRights(),
                        new DefinitionsAreAlike(),
                        new EngineIsInnoDb(),
                        new EnumsHaveNames(),
                        new EventsDoNotWrite(),
                        new ForeignKeysStayInside(),
                        new GeneratedColumnsAreFixed(),
                        new GtidIsOn(),
                        new JsonIsText(),
                        new LocalInfileIsOn(),
                        new OnePrimaryWrites(),
                        new PacketsFit(),
                        new PerformanceSchemaIsOn(),
                        new PrimaryKeyExists(),
                        new PrimaryKeyIsExact(),
                        new ReplicasKeepCommitOrder(),
                        new RowImageIsFull(),
                        new RowValuesAreWhole(),
                        new ServerTakesWrites(),
                        new ServerVersionIsSupported(),
                        new ServersAreDistinct(),
                        new ShardAnswers(),
                        new ShardHasOneRole(),
                        new ShardKeyExists(),
                        new ShardKeyIsNotNull(),
                        new ShardKeyTextIsBinary(),
                        new ShardKeyTypeIsSupported(),
                        new ShardsAreDistinct(),
                        new TableNameCaseIsAlike(),
                        new TablesExist(),
                        new TargetHoldsNoRows(),
                        new TriggersDoNotWrite(),
                        new UniqueKeysHoldShardKey(),
                        new WritersAreAgents())
                .stream()
                .sorted(Comparator.comparing(Check::name))
                .toList();
    }

    /** Runs all checks of the context's scope and answers all findings; a check without one has passed. */
    public static List<Finding> run(CheckContext context) {
        return run(all(), context);
    }

    /** A check that cannot be run fails: what has not been seen to be right is not taken for right. */
    static List<Finding> run(List<Check> checks, CheckContext context) {
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks) {
            if (!check.scopes().contains(context.scope())) {
                continue;
            }
            try {
                List<Finding> found = check.inspect(context);
                findings.addAll(found);
                if (found.isEmpty()) {
                    findings.add(
                            Finding.pass(check.name(), context.keyspace().name().value()));
                }
            } catch (SQLException | RuntimeException e) {
                LOG.warn("check {} could not be run", check.name(), e);
                findings.add(Finding.fail(
                        check.name(),
                        context.keyspace().name().value(),
                        Problem.of(
                                        ErrorCode.CHECK_FAILED,
                                        "{} could not be run: {}",
                                        check.name(),
                                        String.valueOf(e.getMessage()))
                                .remedy("make the shard answer this query, then try again")));
            }
        }
        return findings;
    }
}
