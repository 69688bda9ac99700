package io.shardshift.agent.sql;

import java.util.Optional;

/** The tables of one keyspace as they are defined on its shards. Implementations are immutable and thread-safe. */
@FunctionalInterface
public interface TableCatalog {

    /**
     * The table of that name; whether case matters is the catalog's to know ({@code lower_case_table_names}). Empty for
     * a table that is not of the keyspace.
     */
    Optional<TableInfo> table(String name);
}
