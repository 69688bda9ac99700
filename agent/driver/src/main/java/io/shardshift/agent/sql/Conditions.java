package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Facts.Instance;
import io.shardshift.agent.sql.Facts.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.expression.BooleanValue;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.schema.Column;
import org.jspecify.annotations.Nullable;

/** Turns conditions into {@link Facts}. Not thread-safe; one per analysis. */
final class Conditions {

    private final TokenText text;
    private final Facts facts;

    Conditions(TokenText text, Facts facts) {
        this.text = text;
        this.facts = facts;
    }

    /** Adds what the condition says of columns of the {@code bound} instances. */
    void collect(@Nullable Expression condition, Scope scope, Set<Instance> bound) {
        if (condition == null) {
            return;
        }
        Expression plain = unwrapped(condition);
        if (plain instanceof AndExpression and) {
            collect(and.getLeftExpression(), scope, bound);
            collect(and.getRightExpression(), scope, bound);
        } else if (plain instanceof OrExpression) {
            for (Instance instance : bound) {
                alternatives(plain, scope, instance).ifPresent(tuples -> addTuples(instance, tuples));
            }
        } else if (plain instanceof EqualsTo equals) {
            equality(equals, scope, bound);
        } else if (plain instanceof InExpression in && !in.isNot()) {
            in(in, scope, bound);
        }
    }

    /** Both columns are equal in each row that has one: each bound side follows the other. */
    void equate(Node left, Node right, Set<Instance> bound) {
        if (bound.contains(right.instance())) {
            facts.follow(left, right);
        }
        if (bound.contains(left.instance())) {
            facts.follow(right, left);
        }
    }

    private void equality(EqualsTo equals, Scope scope, Set<Instance> bound) {
        Expression left = unwrapped(equals.getLeftExpression());
        Expression right = unwrapped(equals.getRightExpression());
        Optional<Node> leftNode = node(left, scope);
        Optional<Node> rightNode = node(right, scope);
        if (leftNode.isPresent() && rightNode.isPresent()) {
            equate(leftNode.get(), rightNode.get(), bound);
        } else if (leftNode.isPresent()) {
            bindOne(leftNode.get(), right, bound);
        } else if (rightNode.isPresent()) {
            bindOne(rightNode.get(), left, bound);
        } else if (left instanceof ExpressionList<?> columns && right instanceof ExpressionList<?> row) {
            rows(columns, List.of(row), scope, bound);
        }
    }

    private void bindOne(Node node, Expression value, Set<Instance> bound) {
        ValueSource source = value(value);
        if (bound.contains(node.instance()) && source.isKnown()) {
            facts.bind(node, List.of(source));
        }
    }

    private void in(InExpression in, Scope scope, Set<Instance> bound) {
        Expression left = unwrapped(in.getLeftExpression());
        if (!(in.getRightExpression() instanceof ExpressionList<?> list)) {
            return;
        }
        Optional<Node> node = node(left, scope);
        if (node.isPresent()) {
            List<ValueSource> values = list.stream().map(this::value).toList();
            if (bound.contains(node.get().instance()) && values.stream().allMatch(ValueSource::isKnown)) {
                facts.bind(node.get(), values.stream().distinct().toList());
            }
        } else if (left instanceof ExpressionList<?> columns) {
            rows(columns, list, scope, bound);
        }
    }

    /** {@code (a, b) IN (row, row)}, of columns of one table. */
    private void rows(ExpressionList<?> columns, List<? extends Expression> rows, Scope scope, Set<Instance> bound) {
        List<Node> nodes = new ArrayList<>();
        for (Expression column : columns) {
            node(unwrapped(column), scope).ifPresent(nodes::add);
        }
        if (nodes.size() != columns.size() || nodes.isEmpty()) {
            return;
        }
        Instance instance = nodes.get(0).instance();
        List<List<ValueSource>> tuples = new ArrayList<>();
        for (Expression row : rows) {
            if (!(row instanceof ExpressionList<?> list) || list.size() != nodes.size()) {
                return;
            }
            List<ValueSource> values = list.stream().map(this::value).toList();
            if (!values.stream().allMatch(ValueSource::isKnown)) {
                return;
            }
            tuples.add(values);
        }
        if (!bound.contains(instance) || nodes.stream().anyMatch(node -> node.instance() != instance)) {
            return;
        }
        for (int i = 0; i < nodes.size(); i++) {
            int column = i;
            facts.bind(
                    nodes.get(i),
                    tuples.stream().map(t -> t.get(column)).distinct().toList());
        }
        List<String> names = nodes.stream().map(Node::column).toList();
        List<String> shardKey = instance.table().info().map(TableInfo::shardKey).orElse(List.of());
        if (!shardKey.isEmpty() && shardKey.stream().allMatch(column -> TableInfo.contains(names, column))) {
            List<Integer> places = shardKey.stream()
                    .map(column -> TableInfo.indexOf(names, column))
                    .toList();
            addTuples(
                    instance,
                    tuples.stream()
                            .map(tuple -> places.stream().map(tuple::get).toList())
                            .toList());
        }
    }

    private void addTuples(Instance instance, List<List<ValueSource>> tuples) {
        facts.bindTuples(instance, tuples.stream().distinct().toList());
    }

    /** The shard keys of the instance's rows for which the condition can be true, told from it alone. */
    private Optional<List<List<ValueSource>>> alternatives(Expression condition, Scope scope, Instance instance) {
        Expression plain = unwrapped(condition);
        if (plain instanceof OrExpression or) {
            Optional<List<List<ValueSource>>> left = alternatives(or.getLeftExpression(), scope, instance);
            Optional<List<List<ValueSource>>> right =
                    left.isEmpty() ? left : alternatives(or.getRightExpression(), scope, instance);
            if (left.isEmpty() || right.isEmpty()) {
                return Optional.empty();
            }
            List<List<ValueSource>> both = new ArrayList<>(left.get());
            both.addAll(right.get());
            return both.size() <= ShardKeyCondition.MAX_ALTERNATIVES ? Optional.of(both) : Optional.empty();
        }
        Facts alone = new Facts();
        Instance copy = new Instance(instance.table());
        Scope inner = scope.with(instance, copy);
        new Conditions(text, alone).collect(plain, inner, Set.of(copy));
        alone.propagate();
        return alone.shardKeys(copy);
    }

    private static Expression unwrapped(Expression expression) {
        Expression plain = expression;
        while (plain instanceof ParenthesedExpressionList<?> list
                && list.getClass() == ParenthesedExpressionList.class
                && list.size() == 1) {
            plain = list.get(0);
        }
        return plain;
    }

    private static Optional<Node> node(Expression expression, Scope scope) {
        if (!(expression instanceof Column column)) {
            return Optional.empty();
        }
        String qualifier = column.getTable() == null || column.getTable().getName() == null
                ? ""
                : Names.unquoted(column.getTable().getName());
        return scope.resolve(qualifier, Names.unquoted(column.getColumnName()));
    }

    private ValueSource value(Expression expression) {
        Expression plain = unwrapped(expression);
        if (plain instanceof JdbcParameter parameter) {
            return new ValueSource.Parameter(parameter.getIndex());
        }
        if (plain instanceof StringValue literal) {
            return Literals.of(text.token(Integer.parseInt(literal.getValue().substring(1))));
        }
        if (plain instanceof LongValue || plain instanceof DoubleValue) {
            return Literals.number(plain.toString());
        }
        if (plain instanceof BooleanValue flag) {
            return Literals.number(flag.getValue() ? "1" : "0");
        }
        if (plain instanceof SignedExpression signed
                && signed.getSign() != '~'
                && value(signed.getExpression()) instanceof ValueSource.Numeric number) {
            return signed.getSign() == '-'
                    ? new ValueSource.Numeric(number.value().negate())
                    : number;
        }
        return new ValueSource.Expression();
    }
}
