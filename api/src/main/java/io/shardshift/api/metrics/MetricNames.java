package io.shardshift.api.metrics;

import java.util.List;

/** Names, kinds and labels of all metrics; each help says what to do when the figure is bad. */
public enum MetricNames {
    LEADER(
            "shardshift_leader_count",
            Kind.GAUGE,
            "1 where this controller leads; a sum other than 1 for longer than 5 s: see the controllers' /healthcheck"),
    API_REQUESTS(
            "shardshift_api_requests_total",
            Kind.COUNTER,
            "Answers of this controller; many of 5xx: see its log",
            "method",
            "status"),
    AGENTS_REGISTERED("shardshift_agents_registered_count", Kind.GAUGE, "Agents that are registered", "keyspace"),
    AGENTS_ACKNOWLEDGED(
            "shardshift_agents_acknowledged_count",
            Kind.GAUGE,
            "Agents that have acknowledged the newest routes; fewer than registered for long: see blockedBy",
            "keyspace"),
    MIGRATION_PHASE(
            "shardshift_migration_phase_count",
            Kind.GAUGE,
            "1 for the phase and state that a running migration is in",
            "keyspace",
            "migration",
            "phase",
            "state"),
    MIGRATION_BLOCKED(
            "shardshift_migration_blocked_count",
            Kind.GAUGE,
            "1 while something outside blocks the migration; see waitingFor",
            "keyspace",
            "migration"),
    COPY_ROWS(
            "shardshift_copy_rows_total",
            Kind.COUNTER,
            "Rows that the bulk copy has read at the owner; standing in BACKFILL: see throttle",
            "keyspace",
            "migration",
            "table"),
    THROTTLE_OPEN(
            "shardshift_throttle_open_count",
            Kind.GAUGE,
            "1 while copy or verification may go on, 0 while they must not; 0: the reason is in the status",
            "keyspace",
            "migration"),
    VERIFY_ROWS(
            "shardshift_verification_rows_total",
            Kind.COUNTER,
            "Rows compared by verification",
            "keyspace",
            "migration"),
    VERIFY_DIFFERENCES(
            "shardshift_verification_differences_total",
            Kind.COUNTER,
            "Rows found different after a second look; see /differences",
            "keyspace",
            "migration"),
    VERIFY_REPAIRED(
            "shardshift_verification_repaired_total",
            Kind.COUNTER,
            "Different rows that were repaired; fewer than differences: see /differences",
            "keyspace",
            "migration"),
    PURGE_ROWS(
            "shardshift_purge_rows_total",
            Kind.COUNTER,
            "Rows that the purge under way has removed; standing: see the controller's log",
            "keyspace",
            "migration"),
    PURGE_LEFT(
            "shardshift_purge_left_rows",
            Kind.GAUGE,
            "Rows that the purge under way has still to remove, by the servers' estimates; no migration begins before its end",
            "keyspace",
            "migration"),
    PURGE_ETA(
            "shardshift_purge_eta_seconds",
            Kind.GAUGE,
            "Time that the purge under way still takes at its rate so far; too long: maxRowsPerSecond of its plan held it back",
            "keyspace",
            "migration"),
    STREAM_LAG(
            "shardshift_stream_lag_seconds",
            Kind.GAUGE,
            "Age of the oldest change that the applier has not finished; rising: see the stream's problem in the status",
            "keyspace",
            "migration",
            "shard"),
    STREAM_EVENTS(
            "shardshift_stream_events_total",
            Kind.COUNTER,
            "Row events that the applier has taken",
            "keyspace",
            "migration",
            "shard"),
    MIRROR_REPAIRED(
            "shardshift_mirror_repaired_rows_total",
            Kind.COUNTER,
            "Rows the applier had to write; rising in DUAL_WRITE: a writer goes past the agent",
            "keyspace",
            "migration",
            "shard"),
    FOREIGN_WRITES(
            "shardshift_foreign_writes_total",
            Kind.COUNTER,
            "Row changes that nobody may make on this shard; above 0: find the writer that is no agent",
            "keyspace",
            "migration",
            "shard"),
    HANDOFF_PAUSE(
            "shardshift_handoff_pause_seconds",
            Kind.HISTOGRAM,
            "Time writers of a group were held by a hand-off; near maxPause: smaller groups, or end long transactions",
            "keyspace",
            "migration"),
    FENCE_CHANGE(
            "shardshift_fence_change_seconds",
            Kind.HISTOGRAM,
            "Time a change of a fence took; long: a transaction holds it, see blockedBy",
            "keyspace",
            "migration",
            "shard");

    /** How a metric behaves. */
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String metric;
    private final Kind kind;
    private final String help;
    private final List<String> labels;

    MetricNames(String metric, Kind kind, String help, String... labels) {
        this.metric = metric;
        this.kind = kind;
        this.help = help;
        this.labels = List.of(labels);
    }

    public String metric() {
        return metric;
    }

    public Kind kind() {
        return kind;
    }

    public String help() {
        return help;
    }

    /** Names of its labels, in the order in which values are given. */
    public List<String> labels() {
        return labels;
    }
}
