package io.shardshift.lab.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Statements on {@code things}, whose columns are of nearly each type. */
final class ThingStatements {
    private static final int NUMBERS = 4;

    private final Random random;
    private final long user;

    ThingStatements(Random random, long user) {
        this.random = random;
        this.user = user;
    }

    private long seed() {
        return random.nextInt(1_000_000);
    }

    private int number() {
        return random.nextInt(NUMBERS);
    }

    Change change(UserRows rows) {
        int number = number();
        long seed = seed();
        return switch (random.nextInt(6)) {
            case 0, 1 ->
                new Change(
                        call("INSERT INTO things", number, seed),
                        rows.things.containsKey(number),
                        false,
                        (now, keys) -> {
                            now.things.put(number, seed);
                            return 1;
                        });
            case 2 ->
                Change.of(call("REPLACE INTO things", number, seed), (now, keys) -> {
                    now.things.put(number, seed);
                    return Change.ANY_COUNT;
                });
            case 3, 4 -> update(number, seed);
            default ->
                Change.of(
                        SqlCall.of("DELETE FROM things WHERE n = ? AND user_id = ?", number, user),
                        (now, keys) -> now.things.remove(number) == null ? 0 : 1);
        };
    }

    private SqlCall call(String verb, int number, long seed) {
        List<@Nullable Object> values = new ArrayList<>(List.of(user, number));
        values.addAll(Thing.values(seed));
        return new SqlCall(verb + " (user_id, n, " + Thing.COLUMNS + ") VALUES (?, ?, " + Thing.MARKS + ")", values);
    }

    private Change update(int number, long seed) {
        List<@Nullable Object> values = new ArrayList<>(Thing.values(seed));
        values.add(user);
        values.add(number);
        boolean some = random.nextBoolean();
        return Change.of(
                new SqlCall(
                        "UPDATE things SET " + Thing.ASSIGNED + " WHERE user_id = ? AND n " + (some ? ">=" : "=")
                                + " ?",
                        values),
                (now, keys) -> {
                    int count = 0;
                    for (int n = number; n < (some ? NUMBERS : number + 1); n++) {
                        count += now.things.computeIfPresent(n, (any, before) -> seed) == null ? 0 : 1;
                    }
                    return count;
                });
    }

    Query query(UserRows rows, String locking) {
        int number = number();
        Long seed = rows.things.get(number);
        if (random.nextBoolean()) {
            return new Query(
                    SqlCall.of(
                            "SELECT " + Thing.SHOWN + " FROM things WHERE user_id = ? AND n = ?" + locking,
                            user,
                            number),
                    seed == null ? List.of() : List.of(Thing.shown(seed)));
        }
        List<List<String>> answer = new ArrayList<>();
        rows.things.forEach((n, any) -> answer.add(Thing.shown(any)));
        return new Query(
                SqlCall.of("SELECT " + Thing.SHOWN + " FROM things WHERE user_id = ? ORDER BY n" + locking, user),
                answer);
    }
}
