package io.shardshift.controller.stream;

import io.debezium.document.Document;
import io.debezium.document.DocumentReader;
import io.debezium.document.DocumentWriter;
import io.debezium.relational.history.AbstractSchemaHistory;
import io.debezium.relational.history.HistoryRecord;
import io.debezium.relational.history.HistoryRecordComparator;
import io.debezium.relational.history.SchemaHistoryException;
import io.debezium.relational.history.SchemaHistoryListener;
import io.shardshift.api.codec.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.jspecify.annotations.Nullable;

/**
 * What one engine reads its offset and its schema history from. Debezium makes both stores by class name: they find their
 * seat by a number in the engine's settings. Nothing is written out here: positions travel with the events. Thread-safe.
 */
final class EngineSeat implements AutoCloseable {
    /** Key of the seat's number; the prefixes are those that Debezium hands to the stores. */
    static final String OFFSETS_KEY = "offset.storage.shardshift.seat";

    static final String HISTORY_KEY = "schema.history.internal.shardshift.seat";

    private static final Map<String, EngineSeat> SEATS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

    private final String number = Long.toString(NEXT.incrementAndGet());
    private final String engine;
    private final StreamPosition position;
    private final List<String> history;

    EngineSeat(String engine, StoredStream stored) {
        this.engine = engine;
        this.position = stored.position();
        this.history = new ArrayList<>(stored.schemaHistory());
        SEATS.put(number, this);
    }

    String number() {
        return number;
    }

    synchronized List<String> history() {
        return List.copyOf(history);
    }

    private synchronized void add(String record) {
        history.add(record);
    }

    private static EngineSeat of(@Nullable Object number) {
        EngineSeat seat = number == null ? null : SEATS.get(number.toString());
        if (seat == null) {
            throw new IllegalStateException("no stream has seat " + number);
        }
        return seat;
    }

    @Override
    public void close() {
        SEATS.remove(number);
    }

    /** Debezium's offset store: starts with the stored position. */
    public static final class Offsets extends MemoryOffsetBackingStore {
        private @Nullable EngineSeat seat;

        @Override
        public void configure(WorkerConfig config) {
            super.configure(config);
            seat = EngineSeat.of(config.originals().get(OFFSETS_KEY));
        }

        @Override
        public void start() {
            super.start();
            if (seat != null) {
                byte[] key = Json.write(List.of(seat.engine, Map.of("server", seat.engine)));
                data.put(ByteBuffer.wrap(key), ByteBuffer.wrap(Json.write(seat.position.offset())));
            }
        }

        @Override
        public Set<Map<String, Object>> connectorPartitions(String connectorName) {
            return Set.of();
        }
    }

    /** Debezium's schema history: starts with the stored one and grows by each DDL on a captured table. */
    public static final class History extends AbstractSchemaHistory {
        private @Nullable EngineSeat seat;

        @Override
        public void configure(
                io.debezium.config.Configuration config,
                HistoryRecordComparator comparator,
                SchemaHistoryListener listener,
                boolean useCatalogBeforeSchema) {
            super.configure(config, comparator, listener, useCatalogBeforeSchema);
            seat = EngineSeat.of(config.getString(HISTORY_KEY));
        }

        private EngineSeat seat() {
            return seat != null ? seat : EngineSeat.of(null);
        }

        @Override
        protected void storeRecord(HistoryRecord record) throws SchemaHistoryException {
            try {
                seat().add(DocumentWriter.defaultWriter().write(record.document()));
            } catch (IOException e) {
                throw new SchemaHistoryException("a schema history record cannot be written", e);
            }
        }

        @Override
        protected void recoverRecords(Consumer<HistoryRecord> records) {
            try {
                for (String record : seat().history()) {
                    Document document = DocumentReader.defaultReader().read(record);
                    // the history may be an earlier engine's; recovery looks at records of this one's name only
                    document.setDocument(HistoryRecord.Fields.SOURCE, Document.create("server", seat().engine));
                    records.accept(new HistoryRecord(document));
                }
            } catch (IOException e) {
                throw new SchemaHistoryException("a stored schema history record cannot be read", e);
            }
        }

        @Override
        public boolean exists() {
            return !seat().history().isEmpty();
        }

        @Override
        public boolean storageExists() {
            return true;
        }
    }
}
