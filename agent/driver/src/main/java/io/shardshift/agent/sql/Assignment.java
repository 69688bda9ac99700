package io.shardshift.agent.sql;

/** One {@code column = value} of an UPDATE or of ON DUPLICATE KEY UPDATE. */
public record Assignment(String column, ValueSource value) {}
