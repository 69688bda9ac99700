package io.shardshift.cli.view;

import org.jspecify.annotations.Nullable;

/** Says a remedy in words of this command where the controller's speak of its REST API. */
final class Remedies {
    private Remedies() {}

    /** {@code migration}: the one that the problem is about, null where it is about none or it is not known. */
    static @Nullable String of(String code, @Nullable String given, @Nullable String migration) {
        String name = migration == null ? "NAME" : migration;
        return switch (code) {
            case "KEYSPACE_UNKNOWN" -> "register it: shardshift keyspace register FILE";
            case "MIGRATION_UNKNOWN" -> "shardshift status lists all";
            case "KEYSPACE_DIFFERS" ->
                "compare with `registered` in shardshift keyspace show --json; slots move by a migration, tables may be added while none runs";
            case "UNAUTHENTICATED" -> "set SHARDSHIFT_TOKEN to a token that the controller knows";
            case "WAITING_FOR_GATE" -> given == null || given.isEmpty() ? "shardshift advance " + name : given;
            case "PREFLIGHT_FAILED" ->
                (given == null ? "" : given + "; ") + "shardshift plan explain FILE shows every finding";
            default -> given;
        };
    }
}
