package io.shardshift.controller.stream;

import java.util.Optional;

/** Keeps what is stored of one stream. Called at most once a second and at fence events, by the stream's worker alone. */
public interface StreamStore {
    /** What was saved last, empty before the first save. */
    Optional<StoredStream> load() throws StoreFailed;

    void save(StoredStream stream) throws StoreFailed;

    /** The store did not answer, or another leader owns it. The worker goes on; it saves again later. */
    final class StoreFailed extends Exception {
        public StoreFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
