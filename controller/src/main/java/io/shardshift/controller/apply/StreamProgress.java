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

    /**
     * Waits until a heartbeat of {@code purpose} with {@code value} or more was met: the stream runs and has read so far. What
     * comes before it is perhaps still on its way to a mirror. False when the deadline passed first.
     */
    boolean awaitMet(String purpose, long value, Deadline deadline) throws InterruptedException;

    /**
     * Waits until everything before such a heartbeat is done, for every group. While a group waits, for a mirror that is
     * away or CLOSED, that is not so. False when the deadline passed first.
     */
    boolean awaitHeartbeat(String purpose, long value, Deadline deadline) throws InterruptedException;

    /** The same for the changes of one group, whatever others wait for [12]; false too for a group of other shards. */
    boolean awaitHeartbeat(GroupId group, String purpose, long value, Deadline deadline) throws InterruptedException;

    StreamHealth health();
}
