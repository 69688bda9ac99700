package io.shardshift.agent.sql;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A table as a statement names it.
 *
 * @param schema the schema before the dot; whether it is the shard's is the caller's to check
 * @param name without quotes, as written
 * @param alias its alias in the statement
 * @param info what the keyspace knows of it; empty for a table that is not of the keyspace, and for each table of
 *     another schema that is the server's own
 */
public record TableRef(Optional<String> schema, String name, Optional<String> alias, Optional<TableInfo> info) {

    private static final Set<String> SYSTEM_SCHEMAS =
            Set.of("information_schema", "performance_schema", "mysql", "sys");

    static boolean isSystemSchema(String schema) {
        return SYSTEM_SCHEMAS.contains(schema.toLowerCase(Locale.ROOT));
    }

    static TableRef of(TableCatalog catalog, Optional<String> schema, String name, Optional<String> alias) {
        boolean system = schema.filter(TableRef::isSystemSchema).isPresent();
        return new TableRef(schema, name, alias, system ? Optional.empty() : catalog.table(name));
    }

    /** Whether it is one of the server's own tables, such as {@code information_schema.tables}. */
    public boolean isSystem() {
        return schema.filter(TableRef::isSystemSchema).isPresent();
    }
}
