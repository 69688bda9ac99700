package io.shardshift.api.metrics;

/** Names of all metrics; each help says what to do when the figure is bad. */
public enum MetricNames {
    COPY_ROWS("shardshift_copy_rows_total", "Rows that the bulk copy has read at the owner"),
    STREAM_LAG(
            "shardshift_stream_lag_seconds",
            "Age of the newest event the applier has finished; rising: see throttle and target load"),
    STREAM_EVENTS("shardshift_stream_events_total", "Row events that the applier has taken"),
    MIRROR_REPAIRED(
            "shardshift_mirror_repaired_rows_total",
            "Rows the applier had to write; rising in DUAL_WRITE: a writer goes past the agent"),
    VERIFY_ROWS("shardshift_verification_rows_total", "Rows compared by verification"),
    VERIFY_DIFFERENCES(
            "shardshift_verification_differences_total", "Rows found different after a second look; see /differences"),
    HANDOFF_PAUSE("shardshift_handoff_pause_seconds", "Time writers of a group were held by a hand-off"),
    AGENTS_REGISTERED("shardshift_agents_registered_count", "Agents that are registered"),
    AGENTS_ACKNOWLEDGED(
            "shardshift_agents_acknowledged_count",
            "Agents that have acknowledged the newest routes; fewer: see blockedBy"),
    MIGRATION_BLOCKED(
            "shardshift_migration_blocked_count", "1 while something outside blocks the migration; see waitingFor"),
    WRITE_WAIT("shardshift_write_wait_seconds", "Time a write waited at a hold or for a fence"),
    MIRROR_LATE(
            "shardshift_mirror_late_commits_total",
            "Writes acknowledged though the mirror's commit was lost; the stream mends it");

    private final String metric;
    private final String help;

    MetricNames(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    public String metric() {
        return metric;
    }

    public String help() {
        return help;
    }
}
