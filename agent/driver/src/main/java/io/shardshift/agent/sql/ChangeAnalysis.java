package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Facts.Instance;
import io.shardshift.agent.sql.Refused.Reason;
import io.shardshift.agent.sql.RowChange.Clauses;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * UPDATE and DELETE of one table. Stateless.
 *
 * <p><b>Which conditions are deterministic.</b> Keys are collected by a SELECT before the statement, which then runs for
 * these keys only; its condition is judged twice. A condition on stored values, parameters and {@code NOW()} is
 * accepted: the rows are locked, and where time has gone on between the two, the statement does less than one of them
 * alone would have done, never more, and each row was judged at a moment while the statement ran. Refused are functions
 * whose two answers have nothing to do with each other ({@code RAND()}, {@code UUID()}, {@code SYSDATE()},
 * {@code SLEEP()}), user variables, and subqueries, which the SELECT would read from its snapshot and the statement from
 * the present. A condition that names the full primary key and shard key runs once, as it is, and may hold anything.
 */
final class ChangeAnalysis {

    private static final String READ_FIRST = "Read the keys with SELECT ... FOR UPDATE, then write by primary key";

    private final TableCatalog catalog;
    private final TokenText text;
    private int at = 1;

    private ChangeAnalysis(TableCatalog catalog, TokenText text) {
        this.catalog = catalog;
        this.text = text;
    }

    static Analysis update(TableCatalog catalog, TokenText text) throws RefusedException {
        return new ChangeAnalysis(catalog, text).update();
    }

    static Analysis delete(TableCatalog catalog, TokenText text) throws RefusedException {
        return new ChangeAnalysis(catalog, text).delete();
    }

    private Analysis update() throws RefusedException {
        modifiers("LOW_PRIORITY", "IGNORE");
        int set = text.find(at, text.size(), "SET");
        if (set == text.size()) {
            throw QueryAnalysis.notUnderstood("UPDATE without SET");
        }
        int tableFrom = at;
        TableRef table = table(set);
        int end = text.find(set + 1, text.size(), "WHERE", "ORDER", "LIMIT");
        Clauses clauses = clauses(tableFrom, set, end);
        List<Assignment> assignments = assignments(text, set + 1, end);
        Found found = find(table, clauses, assigned(set + 1, end), set + 1);
        return new Update(clauses, table, found.info(), found.shardKey(), found.fullKey(), assignments);
    }

    private Analysis delete() throws RefusedException {
        modifiers("LOW_PRIORITY", "QUICK", "IGNORE");
        if (!text.isWord(at, "FROM")) {
            throw severalTables();
        }
        at++;
        int end = text.find(at, text.size(), "WHERE", "ORDER", "LIMIT");
        int tableFrom = at;
        TableRef table = table(end);
        if (table.alias().isPresent() && text.contains(tableFrom, end, "PARTITION")) {
            throw QueryAnalysis.notUnderstood("PARTITION together with an alias is not supported");
        }
        Clauses clauses = clauses(tableFrom, end, end);
        Found found = find(table, clauses, "1", end);
        return new Delete(clauses, table, found.info(), found.shardKey(), found.fullKey());
    }

    private void modifiers(String... words) throws RefusedException {
        while (text.isAnyWord(at, words)) {
            if (text.isWord(at, "IGNORE")) {
                throw new RefusedException(
                        Reason.IGNORE,
                        text.word(0) + " IGNORE hides which rows it changed",
                        "Write it without IGNORE and handle the error");
            }
            at++;
        }
    }

    private static RefusedException severalTables() {
        return new RefusedException(
                Reason.SEVERAL_TABLES,
                "A write to several tables at once is not supported",
                "Write one table at a time");
    }

    /** The one table in {@code [at, to)}: name, PARTITION, alias, index hints; moves {@link #at} to {@code to}. */
    private TableRef table(int to) throws RefusedException {
        if (text.findSymbol(at, to, ",") < to
                || text.find(at, to, "JOIN", "STRAIGHT_JOIN", "USING") < to
                || text.isSymbol(at, "(")) {
            throw severalTables();
        }
        TableNames.Named named = TableNames.at(text, at, to);
        int next = named.next();
        if (text.isWord(next, "PARTITION") && text.isSymbol(next + 1, "(")) {
            next = text.afterGroup(next + 1);
        }
        Optional<String> alias = Optional.empty();
        if (text.isWord(next, "AS")) {
            next++;
        }
        if (next < to && text.token(next).isName() && !text.isAnyWord(next, "USE", "FORCE", "IGNORE", "PARTITION")) {
            alias = Optional.of(text.token(next).value());
            next++;
        }
        if (text.isWord(next, "PARTITION") && text.isSymbol(next + 1, "(")) {
            next = text.afterGroup(next + 1);
        }
        if (next < to && !text.isAnyWord(next, "USE", "FORCE", "IGNORE")) {
            throw QueryAnalysis.notUnderstood("The table's name is followed by something that is not understood");
        }
        at = to;
        return TableRef.of(catalog, named.schema(), named.name(), alias);
    }

    private Clauses clauses(int tableFrom, int tableTo, int headTo) throws RefusedException {
        int whereFrom = headTo;
        int tail = headTo;
        if (text.isWord(headTo, "WHERE")) {
            whereFrom = headTo + 1;
            tail = text.find(whereFrom, text.size(), "ORDER", "LIMIT");
            if (tail == whereFrom) {
                throw QueryAnalysis.notUnderstood("WHERE without a condition");
            }
        }
        return new Clauses(text, tableFrom, tableTo, headTo, whereFrom, tail, tail);
    }

    /** {@code a = 1, t.b = DEFAULT}: the assignments of the tokens {@code [from, to)}. */
    static List<Assignment> assignments(TokenText text, int from, int to) throws RefusedException {
        List<Assignment> assignments = new ArrayList<>();
        int i = from;
        while (i < to) {
            int end = text.findSymbol(i, to, ",");
            int equal = text.findSymbol(i, end, "=");
            boolean isColumn =
                    equal > i && equal < end - 1 && text.token(equal - 1).isName();
            if (!isColumn || (equal - i != 1 && equal - i != 3 && equal - i != 5) || end == to - 1) {
                throw QueryAnalysis.notUnderstood("An assignment is not understood");
            }
            assignments.add(new Assignment(text.token(equal - 1).value(), text.value(equal + 1, end)));
            i = end + 1;
        }
        if (assignments.isEmpty()) {
            throw QueryAnalysis.notUnderstood("Nothing is assigned");
        }
        return assignments;
    }

    /** The assigned values of the tokens {@code [from, to)} as a select list. */
    private String assigned(int from, int to) {
        StringBuilder list = new StringBuilder();
        int i = from;
        while (i < to) {
            int end = text.findSymbol(i, to, ",");
            list.append(list.isEmpty() ? "" : ",");
            list.append(text.forParser(text.findSymbol(i, end, "=") + 1, end));
            i = end + 1;
        }
        return list.toString();
    }

    private record Found(TableInfo info, ShardKeyCondition shardKey, Optional<KeyCondition> fullKey) {}

    /** Reads the statement as the query {@code SELECT selected FROM table WHERE ...}. */
    private Found find(TableRef table, Clauses clauses, String selected, int from) throws RefusedException {
        TableInfo info = table.info().orElseThrow(() -> unknownTable());
        if (info.primaryKey().isEmpty()) {
            throw new RefusedException(
                    Reason.NOT_UNDERSTOOD, "The table has no primary key", "Give the table a primary key");
        }
        String query = "SELECT " + selected + " FROM " + text.forParser(clauses.tableFrom(), clauses.tableTo())
                + (clauses.whereFrom() > clauses.headTo()
                        ? " WHERE (" + text.forParser(clauses.whereFrom(), clauses.whereTo()) + ")"
                        : "")
                + text.forParser(clauses.tailFrom(), text.size());
        int selects = text.count(from, text.size(), "SELECT") + 1;
        QueryAnalysis.Result result = QueryAnalysis.of(catalog, text, query, selects);
        Instance target = result.target();
        Optional<KeyCondition> primaryKey = result.facts().key(target, info.primaryKey());
        boolean one =
                !info.isSharded() || result.facts().key(target, info.shardKey()).isPresent();
        Optional<KeyCondition> fullKey = one ? primaryKey : Optional.empty();
        if (fullKey.isEmpty()) {
            refuseVarying(clauses);
        }
        return new Found(info, result.shardKey(), fullKey);
    }

    static RefusedException unknownTable() {
        return new RefusedException(
                Reason.UNKNOWN_TABLE,
                "The table is not one of the keyspace's",
                "Add the table to the keyspace, or write it over a connection of its own");
    }

    private void refuseVarying(Clauses clauses) throws RefusedException {
        for (int i = clauses.headTo(); i < text.size(); i++) {
            Token token = text.token(i);
            if (token.kind() == Token.Kind.VARIABLE) {
                throw varying("The condition holds a variable");
            }
            if (text.isWord(i, "SELECT")) {
                throw varying("The condition holds a subquery and does not name the full key");
            }
            if (Functions.isCallOf(text, i, Functions.NOT_DETERMINISTIC)) {
                throw varying("The condition holds " + token.value().toUpperCase(Locale.ROOT) + "()");
            }
        }
    }

    private static RefusedException varying(String why) {
        return new RefusedException(Reason.NOT_DETERMINISTIC, why, READ_FIRST);
    }
}
