package io.shardshift.lab.workload;

/**
 * What the application felt in a while.
 *
 * @param writes acknowledged
 * @param longestWriteMicros of any write; 0: there was none
 * @param errors answers other than success
 */
public record Felt(long writes, long reads, long longestWriteMicros, long errors) {
    /** Nothing yet. */
    public static final Felt NOTHING = new Felt(0, 0, 0, 0);

    /** Both together. */
    public Felt plus(Felt other) {
        return new Felt(
                writes + other.writes,
                reads + other.reads,
                Math.max(longestWriteMicros, other.longestWriteMicros),
                errors + other.errors);
    }

    /** One event. */
    static Felt of(HistoryEvent event) {
        boolean failed =
                event.outcome() == HistoryEvent.Outcome.FAILED || event.outcome() == HistoryEvent.Outcome.UNKNOWN;
        long errors = failed ? 1 : 0;
        return event.kind().isRead()
                ? new Felt(0, 1, 0, errors)
                : new Felt(event.outcome() == HistoryEvent.Outcome.ACKNOWLEDGED ? 1 : 0, 0, event.micros(), errors);
    }
}
