package io.shardshift.api.routing;

/** Role of one shard for one group: who may commit a change of the group's rows there. At no time do both have an owner role. */
public enum Role {
    /** Agents, writing here alone. */
    OWNER,
    /** Agents that also mirror to the peer. */
    OWNER_MIRRORING,
    /** Mirror writes from the peer: agent, copier, applier, repair. */
    MIRROR,
    /** Nobody: a hand-off is under way. */
    CLOSED,
    /** No row of the group counts here; only the controller's emptying and purge. */
    VACANT;

    public boolean owns() {
        return this == OWNER || this == OWNER_MIRRORING;
    }
}
