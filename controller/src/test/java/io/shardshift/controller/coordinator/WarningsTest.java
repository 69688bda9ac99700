package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.check.Check.Scope;
import io.shardshift.controller.store.TestLeader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real ZooKeeper. */
@SuppressWarnings("NullAway.Init")
class WarningsTest {
    private static final MigrationName NAME = new MigrationName("warned");
    private static final Finding WRITER = warning("WritersAreAgents", ErrorCode.FOREIGN_WRITERS);
    private static final Finding JSON = warning("JsonIsText", ErrorCode.JSON_OPAQUE);
    private static final Finding DURABLE = warning("CommitsAreDurable", ErrorCode.COMMITS_NOT_DURABLE);

    private TestLeader leader;
    private Warnings warnings;

    @BeforeEach
    void open() throws Exception {
        leader = TestLeader.take("warnings");
        leader.coordination.ensure(ZnodePaths.migration(NAME));
        warnings = laterLeaders();
    }

    @AfterEach
    void close() throws Exception {
        leader.store.delete(ZnodePaths.migration(NAME) + "/warnings");
        leader.close();
    }

    private Warnings laterLeaders() {
        return new Warnings(leader.store, NAME, SystemTiming.INSTANCE);
    }

    private static Finding warning(String check, ErrorCode code) {
        return Finding.warn(check, "shop-0", Problem.of(code, "{} was found", check));
    }

    private static List<Finding> findings(Warnings warnings) {
        return warnings.all().stream().map(Warnings.Warning::finding).toList();
    }

    @Test
    void eachCheckWarnsOfWhatItsNewestRunFound() {
        warnings.ran(Scope.PREFLIGHT, List.of(WRITER, JSON, DURABLE, Finding.pass("BinlogIsOn", "shop")));
        assertThat(findings(warnings)).containsExactly(DURABLE, JSON, WRITER);
        Instant since = warnings.all().get(2).since();
        warnings.ran(Scope.RUNNING, List.of(Finding.pass("CommitsAreDurable", "shop")));
        assertThat(findings(warnings)).as("the others were not run").containsExactly(JSON, WRITER);
        warnings.ran(Scope.HANDOFF, List.of(WRITER, WRITER));
        assertThat(findings(warnings)).containsExactly(JSON, WRITER, WRITER);
        assertThat(warnings.all().get(1).since()).as("the first time").isEqualTo(since);
        warnings.ran(Scope.HANDOFF, List.of());
        assertThat(findings(warnings)).as("nothing was looked at").hasSize(3);
        warnings.ran(Scope.HANDOFF, List.of(Finding.pass("WritersAreAgents", "shop")));
        assertThat(findings(warnings)).containsExactly(JSON);
    }

    @Test
    void whatFailsIsNoWarning() {
        warnings.ran(
                Scope.PREFLIGHT,
                List.of(Finding.fail("BinlogIsOn", "shop-0", Problem.of(ErrorCode.BINLOG_OFF, "log_bin is OFF"))));
        assertThat(warnings.all()).isEmpty();
    }

    @Test
    void aLaterLeaderKnowsWhatPreflightFound() {
        warnings.ran(Scope.PREFLIGHT, List.of(WRITER));
        assertThat(laterLeaders().all()).isEqualTo(warnings.all());
        warnings.ran(Scope.HANDOFF, List.of(Finding.pass("WritersAreAgents", "shop")));
        assertThat(laterLeaders().all()).isEmpty();
    }

    @Test
    void statusSaysWhatThePlanAccepts() {
        warnings.ran(Scope.PREFLIGHT, List.of(DURABLE, WRITER));
        var documents = Warnings.documents(warnings.all(), List.of("COMMITS_NOT_DURABLE"));
        assertThat(documents).hasSize(2);
        assertThat(documents.get(0).path("code").asText()).isEqualTo("COMMITS_NOT_DURABLE");
        assertThat(documents.get(0).path("accepted").booleanValue()).isTrue();
        assertThat(documents.get(1).path("message").asText()).isEqualTo("WritersAreAgents was found");
        assertThat(documents.get(1).path("accepted").booleanValue()).isFalse();
        assertThat(documents.get(1).path("since").asText()).isNotEmpty();
    }
}
