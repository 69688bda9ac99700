package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.shard.Identifiers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Fails where a moving table is defined otherwise than at the first look: columns, keys, foreign keys, CHECKs, engine or
 * options. Reads the data dictionary by a query for each kind, never a table.
 */
final class SchemaIsUnchanged extends ShardCheck {
    /** Of each kind: the table's name, then all that counts, in an order that does not depend on the server. */
    private static final List<String> PARTS = List.of(
            "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA,"
                    + " GENERATION_EXPRESSION FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables} ORDER BY TABLE_NAME, ORDINAL_POSITION",
            "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, SUB_PART, NON_UNIQUE, EXPRESSION"
                    + " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                    + " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
            "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE, DELETE_RULE"
                    + " FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()"
                    + " AND TABLE_NAME IN {tables} ORDER BY TABLE_NAME, CONSTRAINT_NAME",
            "SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, t.ENFORCED, c.CHECK_CLAUSE FROM information_schema.TABLE_CONSTRAINTS t"
                    + " JOIN information_schema.CHECK_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA"
                    + " AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME WHERE t.TABLE_SCHEMA = DATABASE()"
                    + " AND t.TABLE_NAME IN {tables} AND t.CONSTRAINT_TYPE = 'CHECK' ORDER BY 1, 2",
            "SELECT TABLE_NAME, ENGINE, TABLE_COLLATION, CREATE_OPTIONS FROM information_schema.TABLES"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables} ORDER BY TABLE_NAME");

    SchemaIsUnchanged() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException, ProblemException {
        String name = "schema-" + shard;
        SortedMap<String, String> found = digests(shard);
        SortedMap<String, String> known = context.scope() == Scope.PREFLIGHT
                ? new TreeMap<>()
                : parse(context.remembered().get(name).orElse(""));
        for (Map.Entry<String, String> table : known.entrySet()) {
            String now = found.remove(table.getKey());
            if (!table.getValue().equals(now)) {
                String what = now == null ? "was dropped or renamed" : "was altered";
                findings.fail(Findings.at(shard, table.getKey()), problem(context, shard, table.getKey(), what));
            }
        }
        if (shard.isSource() && !known.isEmpty()) { // nobody copies a table that came later
            found.keySet()
                    .forEach(table ->
                            findings.fail(Findings.at(shard, table), problem(context, shard, table, "was created")));
        } else if (!found.isEmpty()
                || context.scope() == Scope.PREFLIGHT) { // such as tables that PREPARE made on a target
            known.putAll(found);
            context.remembered().put(name, text(known));
        }
    }

    private static Problem problem(CheckContext context, ShardView shard, String table, String what) {
        return Problem.of(
                        ErrorCode.SCHEMA_CHANGED,
                        "{} of {} {} since the migration began; the migration must not go on",
                        table,
                        shard,
                        what)
                .because("rows that are copied and mirrored by its old definition would mean something else")
                .remedy(
                        "SHOW CREATE TABLE {}; -- undo the change on {}, or shardshift rollback {}",
                        Identifiers.quote(table),
                        shard,
                        context.migration());
    }

    private static SortedMap<String, String> digests(ShardView shard) throws SQLException {
        Map<String, MessageDigest> digests = new TreeMap<>();
        for (String part : PARTS) {
            for (SqlRow row : shard.queryTables(part)) {
                MessageDigest digest = digests.computeIfAbsent(row.text(1), any -> sha256());
                digest.update(row.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        SortedMap<String, String> texts = new TreeMap<>();
        digests.forEach((table, digest) -> texts.put(table, HexFormat.of().formatHex(digest.digest(), 0, 8)));
        return texts;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A line for each table: digest, space, name. */
    private static String text(SortedMap<String, String> digests) {
        return digests.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining("\n"));
    }

    private static SortedMap<String, String> parse(String text) {
        SortedMap<String, String> digests = new TreeMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            digests.put(line.substring(space + 1), line.substring(0, space));
        });
        return digests;
    }
}
