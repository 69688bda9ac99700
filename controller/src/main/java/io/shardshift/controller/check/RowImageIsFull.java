package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;

/** Fails unless each row event carries the whole row: the applier compares after-images. */
final class RowImageIsFull extends VariableCheck {
    RowImageIsFull() {
        super(ErrorCode.ROW_IMAGE_NOT_FULL, Side.ALL, Wanted.ofSessions("binlog_row_image", "FULL"));
    }
}
