package io.shardshift.controller.store;

/**
 * A controller's leadership.
 *
 * @param number only ever grows; stamped into fences
 * @param nodeVersion version of the term's znode, checked by every write of this leader
 */
public record Term(long number, int nodeVersion) {}
