package io.shardshift.shard;

/** Rows of a range and the sum of their checksums: equal contents give equal values, whatever the order. */
public record RangeChecksum(long rows, String checksum) {}
