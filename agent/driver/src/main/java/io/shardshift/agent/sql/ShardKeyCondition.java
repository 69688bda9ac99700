package io.shardshift.agent.sql;

import java.util.List;

/**
 * Which shard keys a statement can meet.
 *
 * <p>Under a case-insensitive or padded collation {@code user = 'ABC'} also meets a stored {@code abc}, whose slot is
 * another: a caller that locks rows computes the slot from what is stored [18]; reads are safe only under the
 * keyspace's normal form of the key.
 */
public sealed interface ShardKeyCondition {

    /** No more alternatives than this are listed; a statement with more counts as {@link None}. */
    int MAX_ALTERNATIVES = 1000;

    /**
     * Every row of the keyspace that matters to the statement's outcome has one of these shard keys, each a list of
     * values in the order of the shard key's columns, each value {@linkplain ValueSource#isKnown() known}. A table of a
     * keyspace without a shard key has one alternative, the empty list. Several tables may be bound to different keys:
     * then all are listed, and the statement may run on a shard that owns the slots of all.
     */
    record Values(List<List<ValueSource>> alternatives) implements ShardKeyCondition {
        /** Copies the lists. */
        public Values {
            alternatives = alternatives.stream().map(List::copyOf).distinct().toList();
        }
    }

    /** Keyless: the statement could meet a row of any slot. */
    record None() implements ShardKeyCondition {}
}
