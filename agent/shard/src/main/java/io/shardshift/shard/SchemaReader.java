package io.shardshift.shard;

import io.shardshift.shard.StoredForm.Limits;
import io.shardshift.shard.TableSchema.UniqueKey;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads table definitions from {@code information_schema}. Stateless. */
public final class SchemaReader {
    private static final Map<String, Charset> CHARSETS = Map.ofEntries(
            Map.entry("utf8mb4", StandardCharsets.UTF_8),
            Map.entry("utf8mb3", StandardCharsets.UTF_8),
            Map.entry("utf8", StandardCharsets.UTF_8),
            Map.entry("ascii", StandardCharsets.US_ASCII),
            Map.entry("latin1", Charset.forName("windows-1252")),
            Map.entry("binary", StandardCharsets.ISO_8859_1),
            Map.entry("ucs2", StandardCharsets.UTF_16BE),
            Map.entry("utf16", StandardCharsets.UTF_16BE),
            Map.entry("utf16le", StandardCharsets.UTF_16LE),
            Map.entry("utf32", Charset.forName("UTF-32BE")),
            Map.entry("latin2", Charset.forName("ISO-8859-2")),
            Map.entry("latin5", Charset.forName("ISO-8859-9")),
            Map.entry("greek", Charset.forName("ISO-8859-7")),
            Map.entry("hebrew", Charset.forName("ISO-8859-8")),
            Map.entry("cp1250", Charset.forName("windows-1250")),
            Map.entry("cp1251", Charset.forName("windows-1251")),
            Map.entry("cp1256", Charset.forName("windows-1256")),
            Map.entry("cp1257", Charset.forName("windows-1257")),
            Map.entry("koi8r", Charset.forName("KOI8-R")),
            Map.entry("sjis", Charset.forName("Shift_JIS")),
            Map.entry("cp932", Charset.forName("windows-31j")),
            Map.entry("ujis", Charset.forName("EUC-JP")),
            Map.entry("euckr", Charset.forName("EUC-KR")),
            Map.entry("gbk", Charset.forName("GBK")),
            Map.entry("gb18030", Charset.forName("GB18030")),
            Map.entry("big5", Charset.forName("Big5")));

    private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

    private SchemaReader() {}

    /** Names of the base tables of the connection's schema, without ours. */
    public static List<String> tables(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
                        + " AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME")) {
            ResultSet result = statement.executeQuery();
            List<String> names = new ArrayList<>();
            while (result.next()) {
                if (!result.getString(1).startsWith(ShardTables.PREFIX)) {
                    names.add(result.getString(1));
                }
            }
            return names;
        }
    }

    /** The table in the connection's schema, empty when there is none. Throws IllegalArgumentException for a character set that has no Java name. */
    public static Optional<TableSchema> read(Connection connection, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        List<String> inserted = new ArrayList<>();
        List<String> generated = new ArrayList<>();
        Optional<String> autoIncrement = Optional.empty();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, EXTRA, GENERATION_EXPRESSION,"
                        + " COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,"
                        + " COALESCE(NUMERIC_SCALE, DATETIME_PRECISION) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?"
                        + " ORDER BY ORDINAL_POSITION")) {
            statement.setString(1, table);
            ResultSet result = statement.executeQuery();
            while (result.next()) {
                if (!result.getString(5).contains("INVISIBLE")) {
                    inserted.add(result.getString(1));
                }
                String generation = result.getString(6);
                if (generation != null && !generation.isEmpty()) {
                    generated.add(result.getString(1));
                    continue; // computed on each side
                }
                columns.add(column(
                        result.getString(1),
                        result.getString(2),
                        result.getString(3),
                        result.getString(4),
                        limits(result)));
                if (result.getString(5).contains("auto_increment")) {
                    autoIncrement = Optional.of(result.getString(1));
                }
            }
        }
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        List<UniqueKey> keys = uniqueKeys(connection, table, columns);
        List<Integer> primary = keys.stream()
                .filter(UniqueKey::isPrimary)
                .findFirst()
                .map(UniqueKey::columns)
                .orElse(List.of());
        return Optional.of(new TableSchema(
                table, columns, primary, keys, autoIncrement, inserted, generated, definition(connection, table)));
    }

    private static Limits limits(ResultSet result) throws SQLException {
        String definition = result.getString(7);
        return new Limits(
                definition.contains(" unsigned"),
                result.getLong(8),
                result.getInt(9),
                result.getInt(10),
                definition.startsWith("enum(") || definition.startsWith("set(") ? members(definition) : List.of());
    }

    /** Of {@code enum('a','it''s')}. */
    private static List<String> members(String definition) {
        List<String> members = new ArrayList<>();
        Matcher matcher = MEMBER.matcher(definition);
        while (matcher.find()) {
            members.add(matcher.group(1).replace("''", "'"));
        }
        return members;
    }

    private static Column column(
            String name, String type, @Nullable String charset, @Nullable String collation, Limits limits) {
        String lower = type.toLowerCase(Locale.ROOT);
        ValueForm form = switch (lower) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year" -> ValueForm.NUMBER;
            case "float" -> ValueForm.FLOAT;
            case "double" -> ValueForm.DOUBLE;
            case "date", "time", "datetime" -> ValueForm.TEMPORAL;
            case "timestamp" -> ValueForm.TIMESTAMP;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> ValueForm.TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ValueForm.BINARY;
            case "bit" -> ValueForm.BIT;
            case "json" -> ValueForm.JSON;
            default -> ValueForm.SPATIAL;
        };
        if (form != ValueForm.TEXT || charset == null || collation == null) {
            StoredForm stored = new StoredForm(lower, "", StandardCharsets.UTF_8, limits);
            return new Column(name, lower, form, "", "", StandardCharsets.UTF_8, stored);
        }
        Charset java = CHARSETS.get(charset);
        if (java == null) {
            throw new IllegalArgumentException(
                    "column " + name + " has character set " + charset + ", which is not supported; known are "
                            + CHARSETS.keySet().stream().sorted().toList());
        }
        return new Column(name, lower, form, charset, collation, java, new StoredForm(lower, charset, java, limits));
    }

    private static List<UniqueKey> uniqueKeys(Connection connection, String table, List<Column> columns)
            throws SQLException {
        Map<String, List<Integer>> keys = new LinkedHashMap<>();
        List<String> overExpressions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE TABLE_SCHEMA ="
                        + " DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX")) {
            statement.setString(1, table);
            ResultSet result = statement.executeQuery();
            while (result.next()) {
                List<Integer> key = keys.computeIfAbsent(result.getString(1), name -> new ArrayList<>());
                int index = indexOf(columns, result.getString(2));
                if (index < 0 || result.getString(3) != null) {
                    overExpressions.add(result.getString(1));
                } else {
                    key.add(index);
                }
            }
        }
        List<UniqueKey> unique = new ArrayList<>();
        keys.forEach((name, indexes) ->
                unique.add(new UniqueKey(name, overExpressions.contains(name) ? List.of() : indexes)));
        return unique;
    }

    private static int indexOf(List<Column> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private static String definition(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SHOW CREATE TABLE " + Identifiers.quote(table))) {
            ResultSet result = statement.executeQuery();
            result.next();
            return result.getString(2).replaceAll(" AUTO_INCREMENT=\\d+", "");
        }
    }
}
