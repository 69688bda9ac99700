package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Insert.Parts;
import io.shardshift.agent.sql.Insert.Range;
import io.shardshift.agent.sql.Refused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * INSERT and REPLACE. Their outer grammar is plain enough to be read from tokens alone, so many rows cost little; the
 * query of INSERT ... SELECT is read as any query. Stateless but for the place in the text.
 */
final class InsertAnalysis {

    /** Words that may stand before a parenthesis within a value and are no functions. */
    private static final Set<String> NOT_FUNCTIONS = Set.of(
            "AND",
            "OR",
            "XOR",
            "NOT",
            "IN",
            "BETWEEN",
            "LIKE",
            "REGEXP",
            "RLIKE",
            "DIV",
            "MOD",
            "WHEN",
            "THEN",
            "ELSE",
            "CASE",
            "IS",
            "AS",
            "USING",
            "INTERVAL",
            "ESCAPE",
            "BINARY",
            "DECIMAL",
            "CHAR",
            "NCHAR",
            "SIGNED",
            "DATETIME",
            "TIME",
            "OF",
            "MEMBER",
            "NULL",
            "END",
            "SOUNDS");

    private final TableCatalog catalog;
    private final TokenText text;
    private final List<String> columns = new ArrayList<>();
    private final List<List<ValueSource>> rows = new ArrayList<>();
    private final List<Range> rowRanges = new ArrayList<>();
    private final List<List<Range>> valueRanges = new ArrayList<>();
    private Optional<Read> select = Optional.empty();
    private int listAt = -1; // where the list of columns would stand; -1 where there is one, or none is needed
    private int at = 1;
    private int headTo;

    private InsertAnalysis(TableCatalog catalog, TokenText text) {
        this.catalog = catalog;
        this.text = text;
    }

    static Analysis of(TableCatalog catalog, TokenText text) throws RefusedException {
        return new InsertAnalysis(catalog, text).insert();
    }

    private Analysis insert() throws RefusedException {
        modifiers();
        TableNames.Named named = TableNames.at(text, at, text.size());
        at = named.next();
        TableRef table = TableRef.of(catalog, named.schema(), named.name(), Optional.empty());
        TableInfo info = table.info().orElseThrow(ChangeAnalysis::unknownTable);
        if (text.isWord(at, "PARTITION") && text.isSymbol(at + 1, "(")) {
            at = text.afterGroup(at + 1);
        }
        int duplicate = onDuplicate();
        body(info, duplicate);
        if (listAt >= 0 && !columns.isEmpty()) {
            return named();
        }
        int alias = at;
        if (text.isWord(at, "AS")) {
            at += 2;
            at = text.isSymbol(at, "(") ? text.afterGroup(at) : at;
        }
        if (at != duplicate) {
            throw QueryAnalysis.notUnderstood("The rows are followed by something that is not understood");
        }
        int first = Math.min(duplicate + 4, text.size());
        List<Assignment> assignments = List.of();
        if (duplicate < text.size()) {
            if (text.isWord(0, "REPLACE")) {
                throw QueryAnalysis.notUnderstood("REPLACE has no ON DUPLICATE KEY UPDATE");
            }
            assignments = ChangeAnalysis.assignments(text, first, text.size());
            plainValues(first, text.size());
        }
        Parts parts = new Parts(text, headTo, List.copyOf(rowRanges), List.copyOf(valueRanges), alias, first);
        Insert insert = new Insert(parts, table, info, columns, rows, assignments, select);
        requireShardKeys(insert);
        return insert;
    }

    /**
     * The same with the columns' names: of a table that was altered since, the server then refuses what would have put
     * values into other columns than those by which the row was routed.
     */
    private Analysis named() throws RefusedException {
        String names = columns.stream().map(Names::quoted).collect(Collectors.joining(", ", " (", ") "));
        String sql = text.head(listAt) + names + text.slice(listAt, text.size());
        return new InsertAnalysis(catalog, new TokenText(sql, Lexer.cut(sql).tokens(), text.hint())).insert();
    }

    private void modifiers() throws RefusedException {
        while (text.isAnyWord(at, "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "INTO")) {
            if (text.isAnyWord(at, "DELAYED", "IGNORE")) {
                throw new RefusedException(
                        Reason.IGNORE,
                        text.word(0) + " " + text.word(at) + " hides which rows it wrote",
                        "Write INSERT ... ON DUPLICATE KEY UPDATE, or INSERT and handle the duplicate key");
            }
            at++;
        }
    }

    private int onDuplicate() {
        int i = text.find(at, text.size(), "ON");
        while (i < text.size() && !text.areWords(i, "ON", "DUPLICATE", "KEY", "UPDATE")) {
            i = text.find(i + 1, text.size(), "ON");
        }
        return i;
    }

    /** Reads the columns and what follows; leaves {@link #at} behind the rows. */
    private void body(TableInfo info, int to) throws RefusedException {
        if (text.isWord(at, "SET")) {
            set(to);
            return;
        }
        if (text.isSymbol(at, "(") && !text.isAnyWord(at + 1, "SELECT", "WITH") && !text.isSymbol(at + 1, "(")) {
            columnList();
        } else {
            columns.addAll(info.inserted());
            listAt = at;
        }
        if (text.isAnyWord(at, "VALUES", "VALUE")) {
            values();
        } else if (text.isAnyWord(at, "SELECT", "WITH") || text.isSymbol(at, "(")) {
            headTo = at;
            select = Optional.of(ReadAnalysis.query(catalog, text, at, to));
            at = to;
        } else {
            throw QueryAnalysis.notUnderstood("INSERT without VALUES, SET or SELECT");
        }
    }

    private void columnList() throws RefusedException {
        int end = text.afterGroup(at) - 1;
        for (int i = at + 1; i < end; i++) {
            boolean last = i + 1 == end || text.isSymbol(i + 1, ",");
            if (text.token(i).isName() && last) {
                columns.add(text.token(i).value());
                i++;
            } else if (!(text.token(i).isName() && text.isSymbol(i + 1, "."))) {
                throw QueryAnalysis.notUnderstood("The list of columns is not understood");
            } else {
                i++;
            }
        }
        at = end + 1;
    }

    private void values() throws RefusedException {
        at++;
        headTo = at;
        while (true) {
            int from = at;
            int open = text.isWord(at, "ROW") ? at + 1 : at;
            if (!text.isSymbol(open, "(")) {
                throw QueryAnalysis.notUnderstood("A row is expected");
            }
            int close = text.afterGroup(open) - 1;
            row(open + 1, close, new Range(from, close + 1));
            at = close + 1;
            if (!text.isSymbol(at, ",")) {
                return;
            }
            at++;
        }
    }

    private void row(int from, int to, Range range) throws RefusedException {
        List<ValueSource> values = new ArrayList<>();
        List<Range> places = new ArrayList<>();
        int i = from;
        while (i < to) {
            int end = text.findSymbol(i, to, ",");
            if (end == i || end == to - 1) {
                throw QueryAnalysis.notUnderstood("A value is missing");
            }
            values.add(text.value(i, end));
            places.add(new Range(i, end));
            i = end + 1;
        }
        if (values.isEmpty() && rows.isEmpty()) {
            columns.clear(); // VALUES (): defaults only
        } else if (values.isEmpty() || values.size() != columns.size()) {
            String why = "A row has another number of values than there are columns";
            throw listAt < 0
                    ? QueryAnalysis.notUnderstood(why)
                    : new RefusedException(Reason.COLUMN_COUNT, why, "Name the columns");
        }
        plainValues(from, to);
        rows.add(values);
        valueRanges.add(places);
        rowRanges.add(range);
    }

    private void set(int to) throws RefusedException {
        headTo = at + 1;
        int end = text.find(at, to, "AS");
        List<Assignment> assignments = ChangeAnalysis.assignments(text, at + 1, end);
        List<Range> places = new ArrayList<>();
        int i = at + 1;
        for (Assignment assignment : assignments) {
            columns.add(assignment.column());
            int comma = text.findSymbol(i, end, ",");
            places.add(new Range(text.findSymbol(i, comma, "=") + 1, comma));
            i = comma + 1;
        }
        plainValues(at + 1, end);
        rows.add(assignments.stream().map(Assignment::value).toList());
        valueRanges.add(places);
        rowRanges.add(new Range(at + 1, end));
        at = end;
    }

    /** Refuses subqueries and stored functions among the tokens of values. */
    private void plainValues(int from, int to) throws RefusedException {
        for (int i = from; i < to; i++) {
            if (text.isAnyWord(i, "SELECT", "TABLE")) {
                throw QueryAnalysis.notUnderstood("A subquery among inserted values is not supported");
            }
            boolean called = text.isSymbol(i + 1, "(") && text.token(i).isName();
            if (called
                    && !NOT_FUNCTIONS.contains(text.word(i))
                    && !Functions.isBuiltIn(text.token(i).value())) {
                throw new RefusedException(
                        Reason.FUNCTION,
                        "A function is called that is not MySQL's own; a stored function may write",
                        "Do its work in the application");
            }
        }
    }

    private void requireShardKeys(Insert insert) throws RefusedException {
        if (!insert.info().isSharded()) {
            return;
        }
        for (int row = 0; row < insert.rows().size(); row++) {
            if (!insert.shardKey(row).stream().allMatch(ValueSource::isKnown)) {
                throw new RefusedException(
                        Reason.SHARD_KEY_MISSING,
                        "Row " + (row + 1) + " has no plain value for the shard key ("
                                + String.join(", ", insert.info().shardKey()) + ")",
                        "Name the shard key's columns and give each a literal or a parameter");
            }
        }
    }
}
