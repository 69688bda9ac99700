package io.shardshift.api.routing;

/**
 * How a shard is reached.
 *
 * @param url {@code jdbc:mysql://host:port/schema}, without user or password
 * @param credentials name under which each process finds the secret by itself
 * @param autoIncrementOffset {@code auto_increment_offset} of every agent's session here; 0 when the keyspace does not manage it
 */
public record ShardEndpoint(ShardName name, String url, String credentials, int autoIncrementOffset) {}
