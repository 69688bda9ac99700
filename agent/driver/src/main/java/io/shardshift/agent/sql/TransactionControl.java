package io.shardshift.agent.sql;

import java.util.Optional;

/**
 * A statement that begins, ends or marks a transaction. {@code name} is there for the three savepoint kinds only.
 *
 * <p>{@link Kind#BEGIN} and its forms, and {@link Kind#AUTOCOMMIT_ON}, end an open transaction with a commit first.
 */
public record TransactionControl(Kind kind, Optional<String> name) implements Analysis {

    /** The kinds. */
    public enum Kind {
        /** {@code BEGIN}, {@code START TRANSACTION [READ WRITE]}. */
        BEGIN,
        /** {@code START TRANSACTION READ ONLY}. */
        BEGIN_READ_ONLY,
        /** {@code START TRANSACTION WITH CONSISTENT SNAPSHOT}. */
        BEGIN_WITH_SNAPSHOT,
        /** {@code START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY}. */
        BEGIN_READ_ONLY_WITH_SNAPSHOT,
        /** {@code COMMIT}. */
        COMMIT,
        /** {@code ROLLBACK}. */
        ROLLBACK,
        /** {@code SAVEPOINT name}. */
        SAVEPOINT,
        /** {@code ROLLBACK TO [SAVEPOINT] name}. */
        ROLLBACK_TO,
        /** {@code RELEASE SAVEPOINT name}. */
        RELEASE,
        /** {@code SET autocommit = 1}. */
        AUTOCOMMIT_ON,
        /** {@code SET autocommit = 0}. */
        AUTOCOMMIT_OFF
    }

    static TransactionControl of(Kind kind) {
        return new TransactionControl(kind, Optional.empty());
    }

    static TransactionControl of(Kind kind, String name) {
        return new TransactionControl(kind, Optional.of(name));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.transactionControl(this);
    }
}
