package io.shardshift.agent.sql;

/**
 * A statement about the session or the server that meets no row of the keyspace: {@code SET}, {@code SHOW},
 * {@code SELECT} without a table, {@code DO}, {@code EXPLAIN}.
 *
 * @param target on which of the session's connections it must run
 * @param text the original
 * @param parameters number of its {@code ?} markers
 */
public record SessionStatement(Target target, String text, int parameters) implements Analysis {

    /** On which connections a session statement must run. */
    public enum Target {
        /** The answer is the same on each shard, or does not matter: one connection, whichever. */
        ANY_SHARD,
        /** It asks for what the previous statement left behind ({@code LAST_INSERT_ID()}, {@code SHOW WARNINGS}). */
        LAST_USED_SHARD,
        /** It sets session state: on every open connection now, and again on each that this session opens later. */
        ALL_SHARDS,
        /** {@code SET TRANSACTION ...}: holds for the next transaction only, wherever that begins. */
        NEXT_TRANSACTION
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.sessionStatement(this);
    }
}
