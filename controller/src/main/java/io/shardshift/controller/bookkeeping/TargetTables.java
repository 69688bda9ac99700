package io.shardshift.controller.bookkeeping;

import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keyspace's tables on a target, made from the source's definitions. */
public final class TargetTables {
    /** A table that was there and is defined otherwise; both texts are without the AUTO_INCREMENT value. */
    public record Difference(String table, String source, String target) {}

    private TargetTables() {}

    /**
     * Makes the tables that {@code target} lacks, without the source's AUTO_INCREMENT value, and answers those that were there
     * and differ. Harmless to repeat. Throws SQLException that names a table which the source lacks.
     */
    public static List<Difference> create(Connection source, Connection target, List<String> tables)
            throws SQLException {
        List<Difference> differences = new ArrayList<>();
        List<TableSchema> missing = new ArrayList<>();
        for (String table : tables) {
            TableSchema wanted = SchemaReader.read(source, table)
                    .orElseThrow(() -> new SQLException("the source has no table " + table, "42S02", 1146));
            Optional<TableSchema> found = SchemaReader.read(target, table);
            if (found.isEmpty()) {
                missing.add(wanted);
            } else if (!found.get().definition().equals(wanted.definition())) {
                differences.add(
                        new Difference(table, wanted.definition(), found.get().definition()));
            }
        }
        if (!missing.isEmpty()) {
            create(target, missing);
        }
        return differences;
    }

    /** Parents may come after children, and old tables have zero dates as defaults: both checks are off meanwhile. */
    private static void create(Connection target, List<TableSchema> tables) throws SQLException {
        Sql.update(target, "SET @shardshift_mode = @@sql_mode, @shardshift_checks = @@foreign_key_checks");
        try {
            Sql.update(target, "SET sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION', foreign_key_checks = 0");
            for (TableSchema table : tables) {
                Sql.update(target, table.definition().replaceFirst("^CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "));
            }
        } finally {
            Sql.update(target, "SET sql_mode = @shardshift_mode, foreign_key_checks = @shardshift_checks");
        }
    }
}
