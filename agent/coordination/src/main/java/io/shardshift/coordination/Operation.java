package io.shardshift.coordination;

/** One step of a transaction. A {@code version} of {@link #ANY} matches every version. */
public sealed interface Operation {
    int ANY = -1;

    String path();

    /** The node exists and has this version. */
    record Check(String path, int version) implements Operation {}

    /** Makes a node; its parent must exist. */
    record Create(String path, byte[] data, boolean ephemeral) implements Operation {
        public Create(String path, byte[] data) {
            this(path, data, false);
        }
    }

    record Set(String path, byte[] data, int version) implements Operation {}

    record Delete(String path, int version) implements Operation {}
}
