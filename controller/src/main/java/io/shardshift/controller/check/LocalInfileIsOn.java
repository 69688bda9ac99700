package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails unless the targets take LOAD DATA LOCAL: the bulk copy is made of it. */
final class LocalInfileIsOn extends VariableCheck {
    LocalInfileIsOn() {
        super(ErrorCode.LOCAL_INFILE_OFF, Side.TARGETS, Wanted.of("local_infile", "ON"));
    }
}
