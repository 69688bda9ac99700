package io.shardshift.api.migration;

/** What a migration is doing in its phase. {@code WAITING} is for a gate, {@code BLOCKED} for something outside. */
public enum State {
    RUNNING,
    WAITING,
    PAUSED,
    BLOCKED,
    ROLLING_BACK,
    ROLLED_BACK,
    COMPLETED,
    FAILED;

    public boolean hasEnded() {
        return switch (this) {
            case ROLLED_BACK, COMPLETED, FAILED -> true;
            case RUNNING, WAITING, PAUSED, BLOCKED, ROLLING_BACK -> false;
        };
    }
}
