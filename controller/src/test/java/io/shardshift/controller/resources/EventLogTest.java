package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog(3, 100);

    @Test
    void aReaderThatIsBehindGetsTheNewestStatusThenAllThatIsKept() throws Exception {
        add(EventLog.STATUS, EventLog.STATUS, EventLog.AUDIT, EventLog.AUDIT, EventLog.AUDIT); // 100 to 104
        assertThat(idsAfter(100)).containsExactly(101L, 102L, 103L, 104L);
        assertThat(idsAfter(99)).containsExactly(101L, 102L, 103L, 104L);
        assertThat(idsAfter(102)).containsExactly(103L, 104L);
        assertThat(idsAfter(104)).isEmpty();
    }

    @Test
    void aReaderOfAnotherControllersLogStartsWithTheNewestStatus() throws Exception {
        add(EventLog.AUDIT, EventLog.STATUS, EventLog.AUDIT);
        assertThat(idsAfter(7)).containsExactly(101L, 102L);
        assertThat(idsAfter(5_000)).containsExactly(101L, 102L);
    }

    @Test
    void withoutAStatusAReaderGetsAllThatIsKept() throws Exception {
        assertThat(idsAfter(EventLog.FROM_THE_NEWEST_STATUS)).isEmpty();
        add(EventLog.AUDIT, EventLog.AUDIT, EventLog.AUDIT, EventLog.AUDIT);
        assertThat(idsAfter(EventLog.FROM_THE_NEWEST_STATUS)).containsExactly(101L, 102L, 103L);
    }

    @Test
    void aReaderWaitsForTheNextEvent() throws Exception {
        CompletableFuture<Optional<EventLog.Event>> read = reading();
        add(EventLog.STATUS);
        assertThat(read.get(10, TimeUnit.SECONDS).orElseThrow().id()).isEqualTo(100);
    }

    @Test
    void closingEndsWaitingReadersAfterWhatIsLeft() throws Exception {
        CompletableFuture<Optional<EventLog.Event>> read = reading();
        log.close();
        assertThat(read.get(10, TimeUnit.SECONDS)).isEmpty();
        add(EventLog.STATUS);
        assertThat(log.isAtEnd(99)).isFalse();
        assertThat(log.isAtEnd(100)).isTrue();
    }

    @Test
    void aStatusThatIsNoNewsIsNoEvent() throws Exception {
        log.appendIfNews(IntNode.valueOf(1));
        log.appendIfNews(IntNode.valueOf(1));
        add(EventLog.AUDIT);
        log.appendIfNews(IntNode.valueOf(1));
        log.appendIfNews(IntNode.valueOf(2));
        assertThat(idsAfter(99)).containsExactly(102L);
        assertThat(log.next(101, Duration.ZERO).orElseThrow().data()).isEqualTo(IntNode.valueOf(2));
    }

    @Test
    void statusesDriveNoAuditRecordOut() throws Exception {
        EventLog many = new EventLog(30, 0);
        many.append(EventLog.AUDIT, IntNode.valueOf(0));
        for (int i = 1; i <= 100; i++) {
            many.append(EventLog.STATUS, IntNode.valueOf(i));
        }
        List<Long> ids = new ArrayList<>();
        long seen = 0;
        for (var event = many.next(seen, Duration.ZERO); event.isPresent(); event = many.next(seen, Duration.ZERO)) {
            seen = event.get().id();
            ids.add(seen);
        }
        assertThat(ids).as("after the audit record, which is kept").containsExactly(98L, 99L, 100L);
    }

    @Test
    void whetherItIsReadIsKnownUntilAsked() throws Exception {
        add(EventLog.STATUS);
        assertThat(log.wasRead()).isFalse();
        assertThat(log.next(EventLog.FROM_THE_NEWEST_STATUS, Duration.ZERO)).isPresent();
        assertThat(log.wasRead()).isTrue();
        assertThat(log.wasRead()).isFalse();
    }

    private CompletableFuture<Optional<EventLog.Event>> reading() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return log.next(EventLog.FROM_THE_NEWEST_STATUS, Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void add(String... types) {
        for (String type : types) {
            log.append(type, IntNode.valueOf(0));
        }
    }

    private List<Long> idsAfter(long seen) throws InterruptedException {
        List<Long> ids = new ArrayList<>();
        long after = seen;
        for (var event = log.next(after, Duration.ZERO); event.isPresent(); event = log.next(after, Duration.ZERO)) {
            after = event.get().id();
            ids.add(after);
        }
        return ids;
    }
}
