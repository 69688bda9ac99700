package io.shardshift.controller.resources;

import java.util.Locale;

/** Role of whoever sent a request. */
enum Caller {
    VIEWER,
    OPERATOR;

    /** The request property under which {@link TokenFilter} leaves the role. */
    static final String PROPERTY = "io.shardshift.caller";

    boolean mayChange() {
        return this == OPERATOR;
    }

    String role() {
        return name().toLowerCase(Locale.ROOT);
    }
}
