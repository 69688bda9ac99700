package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails unless the binlog has rows: a stream cannot apply statements. */
final class BinlogFormatIsRow extends VariableCheck {
    BinlogFormatIsRow() {
        super(ErrorCode.BINLOG_NOT_ROW, Side.ALL, Wanted.ofSessions("binlog_format", "ROW"));
    }
}
