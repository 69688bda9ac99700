package io.shardshift.lab.model;

import io.shardshift.lab.model.UserRows.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Statements on {@code items}, whose composite key begins with the shard key. */
final class ItemStatements {
    private static final int NUMBERS = 8;
    private static final List<String> LABELS = List.of("a", "b", "quo'te", "\u00fc\ud83d\ude80", "long ".repeat(100));

    private final Random random;
    private final long user;

    ItemStatements(Random random, long user) {
        this.random = random;
        this.user = user;
    }

    private int number() {
        return random.nextInt(NUMBERS);
    }

    private String label() {
        return LABELS.get(random.nextInt(LABELS.size()));
    }

    Change change(UserRows rows) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> insert(rows);
            case 2, 3 -> upsert();
            case 4 -> replace();
            case 5 -> updateOne();
            case 6, 7 -> updateSome(rows);
            case 8 -> deleteOne();
            default -> deleteSome(rows);
        };
    }

    private Change insert(UserRows rows) {
        TreeMap<Integer, Item> items = drawn();
        boolean duplicate = items.keySet().stream().anyMatch(rows.items::containsKey);
        return new Change(
                rowsOf("INSERT INTO items (user_id, item_no, qty, label) VALUES ", items, ""),
                duplicate,
                false,
                (now, keys) -> {
                    now.items.putAll(items);
                    return items.size();
                });
    }

    private TreeMap<Integer, Item> drawn() {
        TreeMap<Integer, Item> items = new TreeMap<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            items.put(number(), new Item(random.nextInt(1_000), label()));
        }
        return items;
    }

    private SqlCall rowsOf(String head, TreeMap<Integer, Item> items, String tail) {
        List<@Nullable Object> values = new ArrayList<>();
        items.forEach((number, item) -> values.addAll(List.of(user, number, item.quantity(), item.label())));
        return new SqlCall(
                head + String.join(", ", java.util.Collections.nCopies(items.size(), "(?, ?, ?, ?)")) + tail, values);
    }

    private Change upsert() {
        TreeMap<Integer, Item> items = drawn();
        boolean byAlias = random.nextBoolean();
        String tail = byAlias
                ? " AS new ON DUPLICATE KEY UPDATE qty = items.qty + new.qty, label = new.label"
                : " ON DUPLICATE KEY UPDATE qty = qty + VALUES(qty), label = VALUES(label)";
        return Change.of(
                rowsOf("INSERT INTO items (user_id, item_no, qty, label) VALUES ", items, tail), (now, keys) -> {
                    items.forEach((number, item) -> now.items.merge(
                            number,
                            item,
                            (before, added) -> new Item(before.quantity() + added.quantity(), added.label())));
                    return Change.ANY_COUNT;
                });
    }

    private Change replace() {
        TreeMap<Integer, Item> items = drawn();
        return Change.of(
                rowsOf("REPLACE INTO items (user_id, item_no, qty, label) VALUES ", items, ""), (now, keys) -> {
                    now.items.putAll(items);
                    return Change.ANY_COUNT;
                });
    }

    private Change updateOne() {
        int number = number();
        if (random.nextBoolean()) {
            String label = label();
            return Change.of(
                    SqlCall.of("UPDATE items SET label = ? WHERE user_id = ? AND item_no = ?", label, user, number),
                    (now, keys) -> update(now, Set.of(number), item -> new Item(item.quantity(), label)));
        }
        int more = 1 + random.nextInt(9);
        return Change.of(
                SqlCall.of("UPDATE items SET qty = qty + ? WHERE item_no = ? AND user_id = ?", more, number, user),
                (now, keys) -> update(now, Set.of(number), item -> new Item(item.quantity() + more, item.label())));
    }

    @FunctionalInterface
    private interface NewItem {
        Item of(Item before);
    }

    private static int update(UserRows now, Set<Integer> numbers, NewItem change) {
        int count = 0;
        for (int number : numbers) {
            Item before = now.items.get(number);
            if (before != null) {
                now.items.put(number, change.of(before));
                count++;
            }
        }
        return count;
    }

    /** A condition with the numbers that it meets. */
    private record Condition(String sql, List<@Nullable Object> values, Set<Integer> meets) {}

    private Condition condition(UserRows rows) {
        Set<Integer> meets = new TreeSet<>();
        int low = number();
        int high = low + random.nextInt(4);
        switch (random.nextInt(4)) {
            case 0 -> {
                meets.addAll(rows.items.subMap(low, true, high, true).keySet());
                return new Condition("user_id = ? AND item_no BETWEEN ? AND ?", List.of(user, low, high), meets);
            }
            case 1 -> {
                rows.items.forEach((number, item) -> {
                    if (item.quantity() % 2 == 0) {
                        meets.add(number);
                    }
                });
                return new Condition("qty % 2 = 0 AND user_id = ?", List.of(user), meets);
            }
            case 2 -> {
                int limit = 1 + random.nextInt(3);
                rows.items.descendingKeySet().stream().limit(limit).forEach(meets::add);
                return new Condition("user_id = ? ORDER BY item_no DESC LIMIT " + limit, List.of(user), meets);
            }
            default -> {
                for (int number : List.of(low, high)) {
                    if (rows.items.containsKey(number)) {
                        meets.add(number);
                    }
                }
                return new Condition("user_id = ? AND item_no IN (?, ?)", List.of(user, low, high), meets);
            }
        }
    }

    private Change updateSome(UserRows rows) {
        Condition where = condition(rows);
        int more = 1 + random.nextInt(9);
        return Change.of(
                new SqlCall("UPDATE items SET qty = qty + " + more + " WHERE " + where.sql, where.values),
                (now, keys) -> update(now, where.meets, item -> new Item(item.quantity() + more, item.label())));
    }

    private Change deleteOne() {
        int number = number();
        return Change.of(
                SqlCall.of("DELETE FROM items WHERE user_id = ? AND item_no = ?", user, number),
                (now, keys) -> now.items.remove(number) == null ? 0 : 1);
    }

    private Change deleteSome(UserRows rows) {
        Condition where = condition(rows);
        return Change.of(new SqlCall("DELETE FROM items WHERE " + where.sql, where.values), (now, keys) -> {
            now.items.keySet().removeAll(where.meets);
            return where.meets.size();
        });
    }

    /** Several changes of one text, as a batch. */
    List<Change> batch() {
        List<Change> changes = new ArrayList<>();
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int number = number();
            int more = 1 + random.nextInt(9);
            changes.add(Change.of(
                    SqlCall.of("UPDATE items SET qty = qty + ? WHERE user_id = ? AND item_no = ?", more, user, number),
                    (now, keys) ->
                            update(now, Set.of(number), item -> new Item(item.quantity() + more, item.label()))));
        }
        return changes;
    }

    Query query(UserRows rows, String locking) {
        int low = number();
        switch (random.nextInt(4)) {
            case 0, 1 -> {
                Item item = rows.items.get(low);
                return new Query(
                        SqlCall.of(
                                "SELECT qty, label FROM items WHERE user_id = ? AND item_no = ?" + locking, user, low),
                        item == null ? List.of() : List.of(List.of(Long.toString(item.quantity()), item.label())));
            }
            case 2 -> {
                int high = low + random.nextInt(6);
                List<List<String>> answer = new ArrayList<>();
                rows.items
                        .subMap(low, true, high, true)
                        .forEach((number, item) ->
                                answer.add(List.of(number.toString(), Long.toString(item.quantity()), item.label())));
                return new Query(
                        SqlCall.of(
                                "SELECT item_no, qty, label FROM items WHERE user_id = ? AND item_no BETWEEN ? AND ?"
                                        + " ORDER BY item_no" + locking,
                                user,
                                low,
                                high),
                        answer);
            }
            default -> {
                long sum =
                        rows.items.values().stream().mapToLong(Item::quantity).sum();
                return new Query(
                        SqlCall.of("SELECT COUNT(*), IFNULL(SUM(qty), 0) FROM items WHERE user_id = ?" + locking, user),
                        List.of(List.of(Integer.toString(rows.items.size()), Long.toString(sum))));
            }
        }
    }
}
