package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails unless transactions have GTIDs: a stream is resumed by them. */
final class GtidIsOn extends VariableCheck {
    GtidIsOn() {
        super(
                ErrorCode.GTID_OFF,
                Side.ALL,
                Wanted.of("enforce_gtid_consistency", "ON"),
                Wanted.of("gtid_mode", "ON")
                        .remedy(
                                "SET PERSIST gtid_mode = OFF_PERMISSIVE; SET PERSIST gtid_mode = ON_PERMISSIVE;"
                                        + " SET PERSIST gtid_mode = ON; -- the last when Ongoing_anonymous_transaction_count is 0"));
    }
}
