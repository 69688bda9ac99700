package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails where transactions are compressed in the binlog: not every reader takes them. */
final class BinlogIsNotCompressed extends VariableCheck {
    BinlogIsNotCompressed() {
        super(
                ErrorCode.BINLOG_COMPRESSED,
                Side.ALL,
                new Wanted(
                        "binlog_transaction_compression",
                        found -> !found.equals("ON"),
                        "OFF",
                        "SET PERSIST binlog_transaction_compression = OFF" + Wanted.RECONNECT));
    }
}
