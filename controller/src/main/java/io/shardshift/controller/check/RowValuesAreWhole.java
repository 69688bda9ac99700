package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails where JSON updates are logged as differences. */
final class RowValuesAreWhole extends VariableCheck {
    RowValuesAreWhole() {
        super(
                ErrorCode.ROW_VALUES_PARTIAL,
                Side.ALL,
                new Wanted(
                        "binlog_row_value_options",
                        String::isEmpty,
                        "nothing",
                        "SET PERSIST binlog_row_value_options = ''" + Wanted.RECONNECT));
    }
}
