package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails where there is no binlog: streams read it. */
final class BinlogIsOn extends VariableCheck {
    BinlogIsOn() {
        super(ErrorCode.BINLOG_OFF, Side.ALL, Wanted.of("log_bin", "ON").remedy("restart the server with --log-bin"));
    }
}
