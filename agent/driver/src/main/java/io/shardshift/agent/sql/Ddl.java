package io.shardshift.agent.sql;

import java.util.List;

/**
 * A change of definitions, or another statement that commits implicitly ({@code ANALYZE TABLE}). Whether its tables may
 * be changed now is the caller's to say: a table that moves may not.
 *
 * @param verb the first word, in capitals: {@code CREATE}, {@code ALTER}, {@code DROP}, {@code RENAME},
 *     {@code TRUNCATE}, {@code ANALYZE}, {@code OPTIMIZE}, {@code CHECK}
 * @param tables the tables that it names, known to the keyspace or not
 * @param text the original
 */
public record Ddl(String verb, List<TableRef> tables, String text) implements Analysis {

    /** Copies the list. */
    public Ddl {
        tables = List.copyOf(tables);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.ddl(this);
    }
}
