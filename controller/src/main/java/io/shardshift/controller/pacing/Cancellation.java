package io.shardshift.controller.pacing;

/** Whether whoever started a piece of work wants it to end; asked between chunks. Thread-safe, cheap. */
@FunctionalInterface
public interface Cancellation {
    /** Never: the work ends when it is done, fails or is interrupted. */
    Cancellation NEVER = () -> false;

    boolean isCancelled();
}
