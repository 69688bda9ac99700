package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Facts.Instance;
import io.shardshift.agent.sql.Facts.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of one FROM clause and the scope around it. Not thread-safe; one analysis long. */
final class Scope {

    private final @Nullable Scope outer;
    private final List<Instance> instances = new ArrayList<>();
    private final List<String> others = new ArrayList<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    void add(Instance instance) {
        instances.add(instance);
    }

    /** A derived table or a common table expression under this name, or an empty text. */
    void addOther(String name) {
        others.add(name);
    }

    List<Instance> instances() {
        return instances;
    }

    /** This scope with {@code copy} in the place of {@code instance}. */
    Scope with(Instance instance, Instance copy) {
        Scope scope = new Scope(outer);
        scope.others.addAll(others);
        for (Instance each : instances) {
            scope.instances.add(each == instance ? copy : each);
        }
        return scope;
    }

    /**
     * The column that a name means. Empty where it cannot be told: a fact less is known, and the statement counts as
     * wider than it is, which is safe.
     */
    Optional<Node> resolve(String qualifier, String column) {
        Instance found = null;
        for (Instance instance : instances) {
            boolean fits = qualifier.isEmpty() ? instance.hasColumn(column) : instance.isCalled(qualifier);
            if (fits && found != null) {
                return Optional.empty();
            }
            found = fits ? instance : found;
        }
        boolean hidden =
                qualifier.isEmpty() ? !others.isEmpty() : others.stream().anyMatch(qualifier::equalsIgnoreCase);
        if (found != null) {
            return hidden && !qualifier.isEmpty() ? Optional.empty() : Optional.of(Node.of(found, column));
        }
        boolean unknown = qualifier.isEmpty()
                && instances.stream()
                        .anyMatch(instance -> instance.table().info().isEmpty());
        return hidden || unknown || outer == null ? Optional.empty() : outer.resolve(qualifier, column);
    }
}
