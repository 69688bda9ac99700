package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails where connections' attributes are dropped: by them an agent's connections are known, and killed when it is expelled [29]. */
final class ConnectionAttributesAreKept extends VariableCheck {
    /** MySQL's own default; Connector/J sends about 200 bytes beside ours. */
    private static final long LEAST_BYTES = 512;

    ConnectionAttributesAreKept() {
        super(
                ErrorCode.CONNECTION_ATTRIBUTES_OFF,
                Side.ALL,
                new Wanted(
                        "performance_schema_session_connect_attrs_size",
                        ConnectionAttributesAreKept::isEnough,
                        "at least " + LEAST_BYTES,
                        "SET PERSIST_ONLY performance_schema_session_connect_attrs_size = " + LEAST_BYTES
                                + "; RESTART"));
    }

    private static boolean isEnough(String found) {
        return found.startsWith("-")
                || (!found.isEmpty() && Long.parseLong(found) >= LEAST_BYTES); // -1: sized by itself
    }
}
