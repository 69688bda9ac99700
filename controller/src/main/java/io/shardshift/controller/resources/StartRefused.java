package io.shardshift.controller.resources;

/** The configuration does not allow a start; the message is for the operator, without a stack trace. */
public final class StartRefused extends RuntimeException {
    public StartRefused(String message) {
        super(message);
    }
}
