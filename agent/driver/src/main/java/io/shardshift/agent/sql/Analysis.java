package io.shardshift.agent.sql;

/** What one SQL text is. Immutable; made by {@link StatementAnalyzer}. */
public sealed interface Analysis permits TransactionControl, SessionStatement, Ddl, Refused, Read, Insert, RowChange {

    /** Calls the method of {@code visitor} that fits. */
    <R> R accept(Visitor<R> visitor);

    /** One method per kind, so that a forgotten kind does not compile. */
    interface Visitor<R> {
        R transactionControl(TransactionControl control);

        R sessionStatement(SessionStatement statement);

        R ddl(Ddl ddl);

        R refused(Refused refused);

        R read(Read read);

        R insert(Insert insert);

        R update(Update update);

        R delete(Delete delete);
    }
}
