package io.shardshift.agent.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a query's conditions say of its tables' columns: values by equality, and which column follows which. A fact is
 * kept only where each row that matters to the outcome obeys it. Not thread-safe; one per analysis.
 */
final class Facts {

    /** One use of a table in a statement; compared by identity. */
    static final class Instance {
        private final TableRef table;
        private final String visibleName;
        private @Nullable List<List<ValueSource>> tuples;

        Instance(TableRef table) {
            this.table = table;
            this.visibleName = table.alias().orElse(table.name()).toLowerCase(Locale.ROOT);
        }

        TableRef table() {
            return table;
        }

        boolean isCalled(String name) {
            return visibleName.equals(name.toLowerCase(Locale.ROOT));
        }

        boolean hasColumn(String column) {
            return table.info().map(info -> info.hasColumn(column)).orElse(false);
        }
    }

    /** A column of an instance; the name in lower case. */
    record Node(Instance instance, String column) {
        static Node of(Instance instance, String column) {
            return new Node(instance, column.toLowerCase(Locale.ROOT));
        }
    }

    private final Map<Node, List<ValueSource>> values = new HashMap<>();
    private final Map<Node, List<Node>> followers = new HashMap<>();

    /** The column has one of the values. Of two such facts the narrower is kept: each holds alone. */
    void bind(Node node, List<ValueSource> alternatives) {
        if (alternatives.size() <= ShardKeyCondition.MAX_ALTERNATIVES && isNarrower(alternatives, values.get(node))) {
            values.put(node, List.copyOf(alternatives));
        }
    }

    /** The shard key of the instance is one of the tuples. */
    void bindTuples(Instance instance, List<List<ValueSource>> tuples) {
        if (tuples.size() <= ShardKeyCondition.MAX_ALTERNATIVES && isNarrower(tuples, instance.tuples)) {
            instance.tuples = tuples;
        }
    }

    private static boolean isNarrower(List<?> candidate, @Nullable List<?> known) {
        return known == null || candidate.size() < known.size();
    }

    /** Each row of {@code follower}'s table that matters has the value of {@code leader} in that column. */
    void follow(Node leader, Node follower) {
        followers.computeIfAbsent(leader, key -> new ArrayList<>()).add(follower);
    }

    /** Carries values along; ends because a node's list only ever gets shorter. */
    void propagate() {
        Deque<Node> changed = new ArrayDeque<>(values.keySet());
        while (!changed.isEmpty()) {
            Node leader = changed.remove();
            List<ValueSource> known = values.getOrDefault(leader, List.of());
            for (Node follower : followers.getOrDefault(leader, List.of())) {
                if (isNarrower(known, values.get(follower))) {
                    values.put(follower, known);
                    changed.add(follower);
                }
            }
        }
    }

    /** The shard keys that rows of the instance can have; empty if any. */
    Optional<List<List<ValueSource>>> shardKeys(Instance instance) {
        Optional<TableInfo> info = instance.table.info();
        if (info.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<List<ValueSource>>> product = product(instance, info.get().shardKey());
        if (product.isPresent() && isNarrower(product.get(), instance.tuples)) {
            return product;
        }
        return Optional.ofNullable(instance.tuples);
    }

    private Optional<List<List<ValueSource>>> product(Instance instance, List<String> columns) {
        List<List<ValueSource>> tuples = List.of(List.of());
        for (String column : columns) {
            List<ValueSource> known = values.get(Node.of(instance, column));
            if (known == null || (long) known.size() * tuples.size() > ShardKeyCondition.MAX_ALTERNATIVES) {
                return Optional.empty();
            }
            tuples = extended(tuples, known);
        }
        return Optional.of(tuples);
    }

    static List<List<ValueSource>> extended(List<List<ValueSource>> tuples, List<ValueSource> values) {
        List<List<ValueSource>> longer = new ArrayList<>();
        for (List<ValueSource> tuple : tuples) {
            for (ValueSource value : values) {
                List<ValueSource> copy = new ArrayList<>(tuple);
                copy.add(value);
                longer.add(List.copyOf(copy));
            }
        }
        return longer;
    }

    /** The columns' values if each is bound to one value; empty also for no columns. */
    Optional<KeyCondition> key(Instance instance, List<String> columns) {
        List<ValueSource> bound = new ArrayList<>();
        for (String column : columns) {
            List<ValueSource> known = values.get(Node.of(instance, column));
            if (known == null || known.size() != 1) {
                return Optional.empty();
            }
            bound.add(known.get(0));
        }
        return bound.isEmpty() ? Optional.empty() : Optional.of(new KeyCondition(columns, bound));
    }
}
