package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;

import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/** A line of the protocol's table of phases, as fences and a route. */
enum Phase {
    NO_MIGRATION(null, null, A, false, A, null),
    PREPARE("OWNER", "VACANT", A, false, A, null),
    DUAL_WRITE("OWNER_MIRRORING", "MIRROR", A, true, A, null),
    READ_NEW_FIRST("OWNER_MIRRORING", "MIRROR", A, true, A, B),
    BACKFILL("OWNER_MIRRORING", "MIRROR", A, true, B, null),
    STOP_OLD_WRITES("MIRROR", "OWNER", B, false, B, null),
    HANDED_BACK("OWNER", "MIRROR", A, false, A, null);

    final @Nullable String atA;
    final @Nullable String atB;
    final ShardName owner;
    final boolean mirrored;
    final ShardName reads;
    final @Nullable ShardName pointReadsFirst;

    Phase(
            @Nullable String atA,
            @Nullable String atB,
            ShardName owner,
            boolean mirrored,
            ShardName reads,
            @Nullable ShardName pointReadsFirst) {
        this.atA = atA;
        this.atB = atB;
        this.owner = owner;
        this.mirrored = mirrored;
        this.reads = reads;
        this.pointReadsFirst = pointReadsFirst;
    }

    void enter(AgentFixture agent) throws Exception {
        if (atA != null && atB != null) {
            agent.fences(atA, atB);
            agent.route(owner, mirrored, reads, pointReadsFirst);
        }
    }
}
