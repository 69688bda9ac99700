package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Facts.Instance;
import io.shardshift.agent.sql.Facts.Node;
import io.shardshift.agent.sql.Refused.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/**
 * Reads one query: its tables, and what its conditions say of their keys. Facts come from the AND-ed parts of WHERE and
 * ON. The ON of an outer join binds only the side that may be missing: rows of the other side stay whatever it says. A
 * subquery may use what the query around it knows, never the reverse. Not thread-safe; one per analysis.
 */
final class QueryAnalysis {

    private final TableCatalog catalog;
    private final Facts facts = new Facts();
    private final List<Instance> instances = new ArrayList<>();
    private final Set<String> commonTables = new HashSet<>();
    private final Conditions conditions;
    private int selects;
    private boolean single = true;

    private QueryAnalysis(TableCatalog catalog, TokenText text) {
        this.catalog = catalog;
        this.conditions = new Conditions(text, facts);
    }

    /**
     * What was read.
     *
     * @param instances each use of a table, that of the first FROM first
     * @param single whether it is one SELECT of nothing but at most one table
     */
    record Result(
            List<TableRef> tables, ShardKeyCondition shardKey, Facts facts, List<Instance> instances, boolean single) {
        /** The first table, which a write read as a query changes. */
        Instance target() {
            return instances.get(0);
        }

        Optional<Instance> only() {
            return instances.size() == 1 ? Optional.of(instances.get(0)) : Optional.empty();
        }

        Optional<KeyCondition> key(List<String> columns) {
            return only().flatMap(instance -> facts.key(instance, columns));
        }
    }

    /**
     * Reads the query {@code sql}, which {@link TokenText#forParser} made of {@code text}.
     *
     * @param selects how many SELECT words it has; each must be met, or a table may have been missed
     */
    static Result of(TableCatalog catalog, TokenText text, String sql, int selects) throws RefusedException {
        QueryAnalysis analysis = new QueryAnalysis(catalog, text);
        analysis.select(SelectParser.parse(sql), null);
        if (analysis.selects != selects) {
            throw notUnderstood("A subquery stands where it cannot be followed");
        }
        return analysis.result();
    }

    static RefusedException notUnderstood(String why) {
        return new RefusedException(Reason.NOT_UNDERSTOOD, why, "Write the statement in a plainer form");
    }

    private Result result() throws RefusedException {
        facts.propagate();
        List<TableRef> tables = new ArrayList<>();
        List<List<ValueSource>> alternatives = new ArrayList<>();
        boolean bound = true;
        for (Instance instance : instances) {
            TableRef table = instance.table();
            if (table.schema().isEmpty() && commonTables.contains(table.name().toLowerCase(Locale.ROOT))) {
                throw notUnderstood("A common table expression has the name of a table");
            }
            tables.add(table);
            if (!table.isSystem()) {
                Optional<List<List<ValueSource>>> keys = facts.shardKeys(instance);
                bound &= keys.isPresent();
                keys.ifPresent(alternatives::addAll);
            }
        }
        boolean listed = bound && !alternatives.isEmpty() && alternatives.size() <= ShardKeyCondition.MAX_ALTERNATIVES;
        ShardKeyCondition shardKey = listed ? new ShardKeyCondition.Values(alternatives) : new ShardKeyCondition.None();
        return new Result(List.copyOf(tables), shardKey, facts, List.copyOf(instances), single && selects == 1);
    }

    private void select(Select select, @Nullable Scope outer) throws RefusedException {
        Set<String> before = Set.copyOf(commonTables);
        if (select.getWithItemsList() != null) {
            for (WithItem<?> item : select.getWithItemsList()) {
                commonTables.add(nameOf(item.getAlias()));
            }
            for (WithItem<?> item : select.getWithItemsList()) {
                select(item.getSelect(), outer);
            }
        }
        if (select instanceof PlainSelect plain) {
            plain(plain, outer);
        } else if (select instanceof ParenthesedSelect parenthesed) {
            select(parenthesed.getSelect(), outer);
        } else if (select instanceof SetOperationList list) {
            single = false;
            for (Select part : list.getSelects()) {
                select(part, outer);
            }
        } else {
            throw notUnderstood("Only SELECT is understood as a query");
        }
        Scope around = new Scope(outer);
        around.addOther(""); // ORDER BY of a set operation names result columns
        if (!(select instanceof PlainSelect)) {
            orderBy(select, around);
        }
        if (before.size() != commonTables.size()) {
            single = false;
        }
    }

    private static String nameOf(@Nullable Alias alias) {
        return alias == null ? "" : Names.unquoted(alias.getName()).toLowerCase(Locale.ROOT);
    }

    private void plain(PlainSelect select, @Nullable Scope outer) throws RefusedException {
        selects++;
        if (select.getIntoTables() != null || select.getMySqlSelectIntoClause() != null) {
            throw notUnderstood("INTO is not supported");
        }
        Scope scope = new Scope(outer);
        if (select.getFromItem() != null) {
            from(select.getFromItem(), scope);
            joins(select.getJoins(), scope);
        }
        Expression where = select.getWhere();
        conditions.collect(where, scope, Set.copyOf(scope.instances()));
        nested(where, scope);
        for (SelectItem<?> item : select.getSelectItems()) {
            nested(item.getExpression(), scope);
        }
        nested(select.getHaving(), scope);
        if (select.getGroupBy() != null && select.getGroupBy().getGroupByExpressionList() != null) {
            nested(select.getGroupBy().getGroupByExpressionList(), scope);
        }
        orderBy(select, scope);
    }

    private void orderBy(Select select, Scope scope) throws RefusedException {
        if (select.getOrderByElements() != null) {
            for (OrderByElement element : select.getOrderByElements()) {
                nested(element.getExpression(), scope);
            }
        }
        if (select.getLimit() != null) {
            nested(select.getLimit().getRowCount(), scope);
            nested(select.getLimit().getOffset(), scope);
        }
    }

    private void from(FromItem item, Scope scope) throws RefusedException {
        if (item instanceof Table table) {
            table(table, scope);
        } else if (item instanceof LateralSubSelect lateral) {
            scope.addOther(nameOf(lateral.getAlias()));
            single = false;
            select(lateral.getSelect(), scope);
        } else if (item instanceof ParenthesedFromItem group) {
            from(group.getFromItem(), scope);
            joins(group.getJoins(), scope);
        } else if (item instanceof Select select) {
            scope.addOther(nameOf(item.getAlias()));
            single = false;
            select(select, null);
        } else if (item instanceof TableFunction function) {
            scope.addOther(nameOf(item.getAlias()));
            single = false;
            nested(function.getFunction(), scope);
        } else {
            throw notUnderstood("The FROM clause holds something other than tables and queries");
        }
    }

    private void table(Table table, Scope scope) {
        String name = Names.unquoted(table.getName());
        Optional<String> schema = Optional.ofNullable(table.getSchemaName()).map(Names::unquoted);
        Optional<String> alias = Optional.ofNullable(table.getAlias()).map(a -> Names.unquoted(a.getName()));
        if (schema.isEmpty() && commonTables.contains(name.toLowerCase(Locale.ROOT))) {
            scope.addOther(alias.orElse(name));
            single = false;
            return;
        }
        if (schema.isEmpty() && alias.isEmpty() && name.equalsIgnoreCase("DUAL")) {
            return;
        }
        Instance instance = new Instance(TableRef.of(catalog, schema, name, alias));
        instances.add(instance);
        scope.add(instance);
    }

    private void joins(@Nullable List<Join> joins, Scope scope) throws RefusedException {
        if (joins == null) {
            return;
        }
        for (Join join : joins) {
            Set<Instance> left = Set.copyOf(scope.instances());
            from(join.getFromItem(), scope);
            Set<Instance> right = new HashSet<>(scope.instances());
            right.removeAll(left);
            Set<Instance> bound = join.isLeft() ? right : join.isRight() ? left : Set.copyOf(scope.instances());
            if (join.isFull() || join.isNatural()) {
                bound = Set.of();
            }
            for (Expression on : join.getOnExpressions()) {
                conditions.collect(on, scope, bound);
                nested(on, scope);
            }
            if (!join.getUsingColumns().isEmpty()) {
                using(join.getUsingColumns(), left, right, bound);
            }
        }
    }

    private void using(List<Column> columns, Set<Instance> left, Set<Instance> right, Set<Instance> bound) {
        for (Column column : columns) {
            String name = Names.unquoted(column.getColumnName());
            List<Instance> lefts = left.stream().filter(i -> i.hasColumn(name)).toList();
            List<Instance> rights =
                    right.stream().filter(i -> i.hasColumn(name)).toList();
            if (lefts.size() == 1 && rights.size() == 1) {
                conditions.equate(Node.of(lefts.get(0), name), Node.of(rights.get(0), name), bound);
            }
        }
    }

    private void nested(@Nullable Expression expression, Scope scope) throws RefusedException {
        for (Select subquery : SelectParser.subqueries(expression)) {
            select(subquery, scope);
        }
    }
}
