package io.shardshift.agent.sql;

import io.shardshift.agent.sql.TableInfo.UniqueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables that the tests speak of. */
final class Shop {

    private static final List<String> USER = List.of("user_id");

    /** Sharded by a column outside its primary key; AUTO_INCREMENT; another unique key. */
    static final TableInfo ORDERS = table(
            "orders",
            List.of("id", "user_id", "ref", "status", "amount", "created"),
            List.of("id"),
            List.of(new UniqueKey("ref", List.of("user_id", "ref"), false)),
            USER,
            Optional.of("id"));

    /** A composite primary key that holds the shard key. */
    static final TableInfo LINES = table(
            "order_lines",
            List.of("user_id", "order_id", "line_no", "sku", "qty"),
            List.of("user_id", "order_id", "line_no"),
            List.of(),
            USER,
            Optional.empty());

    /** The shard key is the primary key. */
    static final TableInfo ACCOUNTS =
            table("accounts", List.of("user_id", "email", "balance"), USER, List.of(), USER, Optional.empty());

    /** A shard key of two columns. */
    static final TableInfo EVENTS = table(
            "events",
            List.of("tenant", "region", "id", "body"),
            List.of("tenant", "region", "id"),
            List.of(),
            List.of("tenant", "region"),
            Optional.empty());

    /** A table of a keyspace that moves whole. */
    static final TableInfo NOTES =
            table("notes", List.of("id", "body"), List.of("id"), List.of(), List.of(), Optional.of("id"));

    private static final Map<String, TableInfo> TABLES =
            Map.of("orders", ORDERS, "order_lines", LINES, "accounts", ACCOUNTS, "events", EVENTS, "notes", NOTES);

    static final TableCatalog CATALOG = name -> Optional.ofNullable(TABLES.get(name.toLowerCase(Locale.ROOT)));

    private Shop() {}

    private static TableInfo table(
            String name,
            List<String> columns,
            List<String> primaryKey,
            List<UniqueKey> others,
            List<String> shardKey,
            Optional<String> autoIncrement) {
        List<UniqueKey> keys = new ArrayList<>(others);
        keys.add(0, new UniqueKey("PRIMARY", primaryKey, true));
        return new TableInfo(name, columns, columns, primaryKey, keys, shardKey, autoIncrement, Set.of(), Map.of());
    }

    static Analysis analyze(String sql) {
        return new StatementAnalyzer(CATALOG).analyze(sql);
    }

    static Read read(String sql) {
        return (Read) notRefused(sql);
    }

    static Insert insert(String sql) {
        return (Insert) notRefused(sql);
    }

    static Update update(String sql) {
        return (Update) notRefused(sql);
    }

    static Delete delete(String sql) {
        return (Delete) notRefused(sql);
    }

    private static Analysis notRefused(String sql) {
        Analysis analysis = analyze(sql);
        if (analysis instanceof Refused refused) {
            throw new AssertionError(refused.message());
        }
        return analysis;
    }
}
