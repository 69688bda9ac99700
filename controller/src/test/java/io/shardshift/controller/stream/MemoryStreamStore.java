package io.shardshift.controller.stream;

import io.shardshift.api.codec.Json;
import java.util.Optional;

/** Keeps the stored form, as a store would. Thread-safe. */
public final class MemoryStreamStore implements StreamStore {
    private byte[] json;

    public MemoryStreamStore(StoredStream first) {
        this.json = Json.write(first);
    }

    @Override
    public synchronized Optional<StoredStream> load() {
        return Optional.of(Json.read(json, StoredStream.class));
    }

    @Override
    public synchronized void save(StoredStream stream) {
        json = Json.write(stream);
    }
}
