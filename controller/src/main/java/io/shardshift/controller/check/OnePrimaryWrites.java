package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails under group replication with several primaries: a fence orders the commits of one server [20]. */
final class OnePrimaryWrites extends VariableCheck {
    OnePrimaryWrites() {
        super(
                ErrorCode.MULTI_PRIMARY,
                Side.ALL,
                new Wanted(
                        "group_replication_single_primary_mode",
                        found -> !found.equals("OFF"), // [20]
                        "ON",
                        "SELECT group_replication_switch_to_single_primary_mode()"));
    }
}
