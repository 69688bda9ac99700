package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.resources.EventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogsTest {
    private static final MigrationName AWAY = new MigrationName("away");

    private final List<String> asked = new ArrayList<>();
    private int rows;
    private long seen = EventLog.FROM_THE_NEWEST_STATUS;
    private final EventLogs logs = new EventLogs(
            migration -> {
                asked.add(migration);
                if (migration.equals("unknown")) {
                    throw new ProblemException(Problem.of(ErrorCode.MIGRATION_UNKNOWN, "No migration {}.", migration));
                }
                return IntNode.valueOf(rows);
            },
            SystemTiming.INSTANCE);

    private List<Integer> read(EventLog log) throws InterruptedException {
        List<Integer> statuses = new ArrayList<>();
        for (var event = log.next(seen, Duration.ZERO); event.isPresent(); event = log.next(seen, Duration.ZERO)) {
            assertThat(event.get().type()).isEqualTo(EventLog.STATUS);
            statuses.add(event.get().data().intValue());
            seen = event.get().id();
        }
        return statuses;
    }

    @Test
    void whoBeginsToReadIsGivenThePresentStatus() throws Exception {
        rows = 7;
        assertThat(read(logs.of(AWAY))).as("though nothing has changed here").containsExactly(7);
        rows = 8;
        seen = EventLog.FROM_THE_NEWEST_STATUS;
        assertThat(read(logs.of(AWAY))).as("not the one of before").containsExactly(8);
    }

    @Test
    void aReaderIsToldOfEachChange() throws Exception {
        EventLog log = logs.of(AWAY);
        assertThat(read(log)).containsExactly(0);
        for (int i = 1; i <= 3; i++) {
            rows = i;
            logs.tellReaders();
            assertThat(read(log)).containsExactly(i);
        }
        logs.tellReaders();
        assertThat(read(log)).as("no news").isEmpty();
        logs.changed(AWAY);
        assertThat(read(log)).as("no news").isEmpty();
        rows = 4;
        logs.changed(AWAY);
        assertThat(read(log)).containsExactly(4);
    }

    @Test
    void whereNobodyReadsNoStatusIsMade() throws Exception {
        logs.changed(AWAY);
        asked.clear();
        rows = 1;
        logs.tellReaders();
        assertThat(asked).isEmpty();
        read(logs.of(AWAY));
        asked.clear();
        logs.tellReaders();
        logs.tellReaders();
        assertThat(asked).as("until nobody has asked since the last time").hasSize(1);
    }

    @Test
    void ofWhatIsUnknownThereIsNoLog() {
        assertThatThrownBy(() -> logs.of(new MigrationName("unknown"))).isInstanceOf(ProblemException.class);
        asked.clear();
        logs.tellReaders();
        assertThat(asked).isEmpty();
    }
}
