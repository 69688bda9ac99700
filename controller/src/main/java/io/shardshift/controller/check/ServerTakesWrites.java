package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails where a server is read-only: fences could not be changed. */
final class ServerTakesWrites extends VariableCheck {
    ServerTakesWrites() {
        super(
                ErrorCode.SERVER_READ_ONLY,
                Side.ALL,
                Wanted.of("super_read_only", "OFF").remedy(remedy("super_read_only")),
                Wanted.of("read_only", "OFF").remedy(remedy("read_only")));
    }

    private static String remedy(String variable) {
        return "SET PERSIST " + variable
                + " = OFF; -- unless this is a replica: then name the primary in the shard's url";
    }
}
