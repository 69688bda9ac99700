package io.shardshift.api.plan;

/** A shard as a file names it: {@code jdbc:mysql://host:port/schema} and the name of its credentials. */
public record ShardSpec(String url, String credentials) {}
