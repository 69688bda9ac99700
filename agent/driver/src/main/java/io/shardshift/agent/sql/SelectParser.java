package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/** The one place where JSqlParser is called. */
final class SelectParser {

    private SelectParser() {}

    /** Parses a query to its last token: the parser by itself stops in silence where a second statement begins. */
    static Select parse(String sql) throws RefusedException {
        try {
            CCJSqlParser parser = CCJSqlParserUtil.newParser(sql);
            Statement statement = parser.Statement();
            if (parser.getNextToken().kind == 0 && statement instanceof Select select) {
                return select;
            }
        } catch (ParseException | RuntimeException e) {
            // The parser's message shows the text, values included; ours shows the statement without them.
            throw QueryAnalysis.notUnderstood("The statement's grammar is not understood");
        }
        throw QueryAnalysis.notUnderstood("The statement goes on after its end");
    }

    /** The queries directly inside the expression; refuses a call of what may be a stored function. */
    static List<Select> subqueries(@Nullable Expression expression) throws RefusedException {
        if (expression == null) {
            return List.of();
        }
        Collector collector = new Collector();
        expression.accept(collector, null);
        if (!collector.stored.isEmpty()) {
            throw new RefusedException(
                    Reason.FUNCTION,
                    collector.stored.get(0) + "() is not a function of MySQL's own; a stored function may write",
                    "Do its work in the application");
        }
        return collector.found;
    }

    private static final class Collector extends ExpressionVisitorAdapter<Void> {
        private final List<Select> found = new ArrayList<>();
        private final List<String> stored = new ArrayList<>();

        @Override
        @SuppressWarnings("NullAway") // the visitor's result is not used; JSqlParser's own adapter returns null too
        public <S> Void visit(ParenthesedSelect select, S context) {
            found.add(select);
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // as above
        public <S> Void visit(Select select, S context) {
            found.add(select);
            return null;
        }

        @Override
        public <S> Void visit(Function function, S context) {
            String name = Names.unquoted(function.getName());
            if (!Functions.isBuiltIn(name)) {
                stored.add(name.toLowerCase(Locale.ROOT));
            }
            return super.visit(function, context);
        }
    }
}
