package io.shardshift.shard;

import java.sql.SQLException;

/** What an application asked for, opaque to the protocol; the real form runs JDBC on the session's own connection. */
@FunctionalInterface
public interface ApplicationStatement<T> {
    T runOn(ShardSession session) throws ShardException, SQLException;
}
