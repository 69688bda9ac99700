package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All checks, and the one way to run them. Stateless. */
public final class Checks {
    private Checks() {}

    /** Every check, in order of name. */
    public static List<Check> all() {
        return Stream.of(
                        new AcceptedIsKnown(),
                        new AgentsHaveRights(),
                        new AutoIncrementIsManaged(),
                        new BinlogFormatIsRow(),
                        new BinlogHasSchema(),
                        new BinlogIsKept(),
                        new BinlogIsNotCompressed(),
                        new BinlogIsOn(),
                        new CharacterSetsAreKnown(),
                        new ChecksReadNoTimestamp(),
                        new ClocksAgree(),
                        new CommitsAreDurable(),
                        new ConnectionAttributesAreKept(),
                        new ControllerHasRights(),
                        new DefinitionsAreAlike(),
                        new EngineIsInnoDb(),
                        new EnumsHaveNames(),
                        new EventsDoNotWrite(),
                        new ForeignKeysFollowShardKey(),
                        new ForeignKeysStayInside(),
                        new GeneratedColumnsAreFixed(),
                        new GtidIsOn(),
                        new HistoryIsWhole(),
                        new JsonIsText(),
                        new LocalInfileIsOn(),
                        new OnePrimaryWrites(),
                        new PacketsFit(),
                        new PerformanceSchemaIsOn(),
                        new PrimaryKeyCanBeNamed(),
                        new PrimaryKeyDatesAreReal(),
                        new PrimaryKeyExists(),
                        new PrimaryKeyIsExact(),
                        new PrimaryKeyIsOrdered(),
                        new ReplicasKeepCommitOrder(),
                        new RowImageIsFull(),
                        new RowValuesAreWhole(),
                        new RowsHaveSlots(),
                        new SchemaIsUnchanged(),
                        new ServerIsTheSame(),
                        new ServerTakesWrites(),
                        new ServerVersionIsSupported(),
                        new ServersAreDistinct(),
                        new SettingsAreAlike(),
                        new ShardAnswers(),
                        new ShardHasOneRole(),
                        new ShardIsNoReplica(),
                        new ShardKeyExists(),
                        new ShardKeyIsNormal(),
                        new ShardKeyIsNotNull(),
                        new ShardKeyIsStored(),
                        new ShardKeyTextIsBinary(),
                        new ShardKeyTypeIsSupported(),
                        new ShardsAreDistinct(),
                        new StatementsAreCounted(),
                        new TableNameCaseIsAlike(),
                        new TablesExist(),
                        new TargetHoldsNoRows(),
                        new TriggersDoNotWrite(),
                        new UniqueKeysAreOverColumns(),
                        new UniqueKeysHoldShardKey(),
                        new WritersAreAgents())
                .sorted(Comparator.comparing(Check::name))
                .toList();
    }

    /**
     * Runs all checks of the context's scope and answers all findings; a check without one has passed. It ends in the
     * context's time: what could not be asked by then is a finding, as is what could not be run.
     */
    public static List<Finding> run(CheckContext context) {
        return run(all(), context);
    }

    /**
     * From now on each shard is compared with the server that answers for it now, and with what that has committed [19].
     * Throws SHARD_UNREACHABLE, with nothing changed, when one does not answer.
     */
    public static void rememberServers(CheckContext context) throws ProblemException {
        if (!context.unreachable().isEmpty()) {
            throw noAnswer(context.unreachable().toString(), null);
        }
        Map<String, String> seen = new LinkedHashMap<>();
        try {
            for (ShardView shard : context.shards()) {
                seen.put(ServerIsTheSame.key(shard), ServerIsTheSame.server(shard));
                seen.put(HistoryIsWhole.key(shard), HistoryIsWhole.executed(shard));
            }
        } catch (SQLException e) {
            throw noAnswer(String.valueOf(e.getMessage()), e);
        }
        for (Map.Entry<String, String> one : seen.entrySet()) {
            context.remembered().put(one.getKey(), one.getValue());
        }
    }

    private static ProblemException noAnswer(String why, @Nullable Throwable cause) {
        return new ProblemException(
                Problem.of(
                        ErrorCode.SHARD_UNREACHABLE,
                        "Not every shard says which server it is: {}. It is tried again by itself.",
                        why),
                cause);
    }

    static List<Finding> run(List<Check> checks, CheckContext context) {
        List<Finding> findings = new ArrayList<>();
        String keyspace = context.keyspace().name().value();
        for (Check check : checks) {
            if (!check.scopes().contains(context.scope())) {
                continue;
            }
            List<Finding> found = inspect(check, context, keyspace);
            findings.addAll(found);
            if (found.isEmpty() && context.unreachable().isEmpty()) { // what nobody looked at has not passed
                findings.add(Finding.pass(check.name(), keyspace));
            }
        }
        return findings;
    }

    private static List<Finding> inspect(Check check, CheckContext context, String keyspace) {
        try {
            return check.inspect(context);
        } catch (SQLException | ProblemException | RuntimeException e) {
            return new Findings(check).couldNotRun(keyspace, e).list();
        }
    }
}
