package io.shardshift.api.plan;

/** Which texts a shard key may hold. */
public enum ShardKeyForm {
    /** Any; the column then needs a binary NO PAD collation. */
    AS_IS,
    /** ASCII without capitals and without a trailing space: under it a case-insensitive collation compares like bytes. */
    ASCII_LOWER
}
