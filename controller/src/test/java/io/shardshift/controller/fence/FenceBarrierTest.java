package io.shardshift.controller.fence;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.BinaryLogFileReader;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.GtidEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.NullEventDataDeserializer;
import io.shardshift.api.routing.Role;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each change of a fence is a barrier in the binlog's dependency order, so that no parallel replica commits it early [20]. */
class FenceBarrierTest {
    private static final String TRACKING = "binlog_transaction_dependency_tracking";

    private static List<GtidEventData> transactionsAfter(File binlog, long position) throws Exception {
        EventDeserializer deserializer = new EventDeserializer();
        for (EventType type : EventType.values()) {
            if (type != EventType.GTID && type != EventType.FORMAT_DESCRIPTION) {
                deserializer.setEventDataDeserializer(type, new NullEventDataDeserializer());
            }
        }
        List<GtidEventData> found = new ArrayList<>();
        try (BinaryLogFileReader reader = new BinaryLogFileReader(binlog, deserializer)) {
            for (Event event = reader.readEvent(); event != null; event = reader.readEvent()) {
                EventHeaderV4 header = event.getHeader();
                if (header.getEventType() == EventType.GTID && header.getPosition() >= position) {
                    found.add(event.getData());
                }
            }
        }
        return found;
    }

    @Test
    void theEmptyTableRefersToTheFence() throws Exception { // [20]
        try (FencedPair pair = new FencedPair()) {
            assertThat(pair.source.rows("SELECT TABLE_NAME, REFERENCED_TABLE_NAME, DELETE_RULE, UPDATE_RULE"
                            + " FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '"
                            + pair.source.name() + "'"))
                    .containsExactly(List.of("_shardshift_barrier", "_shardshift_fence", "NO ACTION", "NO ACTION"));
            assertThat(pair.source.rows("SELECT * FROM _shardshift_barrier")).isEmpty();
        }
    }

    @Test
    void aChangeFollowsAllThatWasBeforeItAndPrecedesAllAfter() throws Exception { // [20]
        try (FencedPair pair = new FencedPair();
                JdbcFenceChanger changer = pair.changer(() -> 2)) {
            pair.fences(Role.OWNER, Role.VACANT);
            pair.source.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (0)");
            List<List<String>> tracking = pair.source.rows("SHOW GLOBAL VARIABLES LIKE '" + TRACKING + "'");
            if (!tracking.isEmpty()) { // later servers have it always on
                pair.source.execute("SET GLOBAL " + TRACKING + " = 'WRITESET'");
            }
            try {
                pair.source.execute("INSERT INTO t VALUES (1)");
                List<String> status = pair.source
                        .rows("SELECT LOCAL->>'$.binary_log_file', LOCAL->>'$.binary_log_position'"
                                + " FROM performance_schema.log_status")
                        .get(0);
                pair.source.execute("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
                changer.settle(SOURCE, GROUP.id(), soon());
                pair.source.execute("INSERT INTO t VALUES (4)");

                String basename =
                        pair.source.rows("SELECT @@log_bin_basename").get(0).get(0);
                File binlog = new File(new File(basename).getParentFile(), status.get(0));
                List<GtidEventData> found = transactionsAfter(binlog, Long.parseLong(status.get(1)));
                assertThat(found).hasSize(4);
                GtidEventData before = found.get(1);
                GtidEventData fence = found.get(2);
                GtidEventData after = found.get(3);
                assertThat(before.getLastCommitted()) // independent rows may go in parallel
                        .isLessThan(found.get(0).getSequenceNumber());
                assertThat(fence.getLastCommitted()).isEqualTo(before.getSequenceNumber());
                assertThat(after.getLastCommitted()).isGreaterThanOrEqualTo(fence.getSequenceNumber());
            } finally {
                if (!tracking.isEmpty()) {
                    pair.source.execute(
                            "SET GLOBAL " + TRACKING + " = '" + tracking.get(0).get(1) + "'");
                }
            }
        }
    }
}
