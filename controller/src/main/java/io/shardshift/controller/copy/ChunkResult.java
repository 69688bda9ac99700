package io.shardshift.controller.copy;

/** What came of a chunk: rows copied or compared, rows that differed, and those of them that are equal now. */
public record ChunkResult(long rows, long differences, long repaired) {}
