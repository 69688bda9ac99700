package io.shardshift.controller.apply;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.time.Deadline;

/** What others may ask of a running stream, from any thread. */
public interface StreamProgress {
    /**
     * Waits until the applier has met <em>this</em> change of the group's fence and has finished everything before it [3][35];
     * an older or another one does not count. False when {@code deadline} passed first.
     */
    boolean awaitPassed(GroupId group, Role role, long term, long step, Deadline deadline) throws InterruptedException;

    /** Waits until a heartbeat of {@code purpose} with {@code value} or more came through; false when the deadline passed. */
    boolean awaitHeartbeat(String purpose, long value, Deadline deadline) throws InterruptedException;

    StreamHealth health();
}
