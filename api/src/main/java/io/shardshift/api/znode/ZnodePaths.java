package io.shardshift.api.znode;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;

/** Every path. Below {@code config} the leader writes; below {@code status} each agent writes what is about itself. */
public final class ZnodePaths {
    private static final String CONFIG = "/shardshift/config";
    private static final String STATUS = "/shardshift/status";

    private ZnodePaths() {}

    /** The number of the newest leadership; persistent; every write of a leader checks its version. */
    public static String term() {
        return CONFIG + "/term";
    }

    /** Who leads: ephemeral, made in the transaction that takes the term. Standbys watch it. */
    public static String leader() {
        return CONFIG + "/leader";
    }

    public static String keyspaces() {
        return CONFIG + "/keyspaces";
    }

    /** A keyspace's definition, its shards with their auto-increment offsets, and its running migration. */
    public static String keyspace(KeyspaceName keyspace) {
        return keyspaces() + "/" + keyspace;
    }

    /** The route table: written by the leader, watched by every agent. */
    public static String routes(KeyspaceName keyspace) {
        return CONFIG + "/routes/" + keyspace;
    }

    public static String migrations() {
        return CONFIG + "/migrations";
    }

    /** Plan, id and groups: written once. */
    public static String migration(MigrationName migration) {
        return migrations() + "/" + migration;
    }

    /** The state machine's state, by compare-and-set. */
    public static String state(MigrationName migration) {
        return migration(migration) + "/state";
    }

    public static String intents(MigrationName migration) {
        return migration(migration) + "/intents";
    }

    /** The intended change of one group's fences; exists from before the change until it is known to be done. */
    public static String intent(MigrationName migration, GroupId group) {
        return intents(migration) + "/" + group.number();
    }

    public static String offsets(MigrationName migration) {
        return migration(migration) + "/offsets";
    }

    /** Offset, roles and schema history of one shard's stream; at most one write a second. */
    public static String offset(MigrationName migration, ShardName shard) {
        return offsets(migration) + "/" + shard;
    }

    /** What has been copied and verified, by table and attempt. */
    public static String progress(MigrationName migration) {
        return migration(migration) + "/progress";
    }

    public static String audit(MigrationName migration) {
        return migration(migration) + "/audit";
    }

    public static String controllers() {
        return STATUS + "/controllers";
    }

    public static String agents(KeyspaceName keyspace) {
        return STATUS + "/agents/" + keyspace;
    }

    /** An agent's registration and acknowledged epoch: persistent, so that a lost session loses no reader. */
    public static String agent(KeyspaceName keyspace, AgentId agent) {
        return agents(keyspace) + "/" + agent;
    }

    /** Contact of an agent: ephemeral. */
    public static String agentContact(KeyspaceName keyspace, AgentId agent) {
        return agent(keyspace, agent) + "/contact";
    }
}
