package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import java.util.Locale;

/**
 * Tells what a SQL text is: a pure function of the text and the catalog. Thread-safe if the catalog is. Costs tens to
 * hundreds of microseconds: keep results by text in a {@link StatementCache}.
 */
public final class StatementAnalyzer {

    /** Names of the migration's own tables begin with this. */
    static final String BOOKKEEPING_PREFIX = "_shardshift_";

    private final TableCatalog catalog;

    /** Makes an analyzer for one keyspace's tables. */
    public StatementAnalyzer(TableCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The analysis of one text. What cannot be understood, or run safely, is {@link Refused}; nothing is thrown because
     * of the text.
     */
    public Analysis analyze(String sql) {
        try {
            Lexer.Result cut = Lexer.cut(sql);
            if (cut.problem().isPresent()) {
                Lexer.Problem problem = cut.problem().get();
                throw new RefusedException(problem.reason(), problem.why(), "Send one plain statement at a time");
            }
            TokenText text = new TokenText(sql, cut.tokens(), cut.hint());
            refuseEverywhere(text);
            return byFirstWord(text);
        } catch (RefusedException e) {
            return e.refused(sql);
        } catch (StackOverflowError e) {
            // A chain of thousands of operators: parser and visitors recurse. The stack is whole again here.
            return new RefusedException(Reason.TOO_COMPLEX, "The statement is too deep", "Split the statement")
                    .refused(sql);
        } catch (RuntimeException e) {
            // Nothing may leave here but an analysis: the application must not see the parser's faults, or ours.
            return QueryAnalysis.notUnderstood("The statement is not understood")
                    .refused(sql);
        }
    }

    private static void refuseEverywhere(TokenText text) throws RefusedException {
        for (int i = 0; i < text.size(); i++) {
            Token token = text.token(i);
            if (token.isName() && token.value().toLowerCase(Locale.ROOT).startsWith(BOOKKEEPING_PREFIX)) {
                throw new RefusedException(
                        Reason.BOOKKEEPING_TABLE,
                        "Names that begin with " + BOOKKEEPING_PREFIX + " belong to Shardshift",
                        "Leave these tables alone");
            }
            if (Functions.isCallOf(text, i, Functions.REFUSED)) {
                throw new RefusedException(
                        Reason.FUNCTION,
                        token.value().toUpperCase(Locale.ROOT) + "() is bound to one server",
                        "Lock in a service of its own, or lock a row of a table that does not move");
            }
            boolean assigns = token.isSymbol(":=") && !text.isWord(0, "SET");
            if (assigns) {
                throw new RefusedException(
                        Reason.NOT_UNDERSTOOD,
                        "A statement assigns a user variable, which one connection alone would know",
                        "Keep the value in the application, or use SET");
            }
        }
    }

    private Analysis byFirstWord(TokenText text) throws RefusedException {
        if (text.size() == 0) {
            throw new RefusedException(Reason.EMPTY, "The text holds no statement", "Send a statement");
        }
        return switch (text.isSymbol(0, "(") ? "SELECT" : text.word(0)) {
            case "SELECT", "WITH" -> ReadAnalysis.of(catalog, text);
            case "INSERT", "REPLACE" -> InsertAnalysis.of(catalog, text);
            case "UPDATE" -> ChangeAnalysis.update(catalog, text);
            case "DELETE" -> ChangeAnalysis.delete(catalog, text);
            case "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE" -> TransactionAnalysis.of(text);
            case "SET" -> SessionAnalysis.set(text);
            case "SHOW" -> SessionAnalysis.show(text);
            case "EXPLAIN", "DESCRIBE", "DESC" -> SessionAnalysis.explain(text);
            case "DO" -> SessionAnalysis.doExpression(text);
            case "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "ANALYZE", "OPTIMIZE", "CHECK" ->
                DdlAnalysis.of(catalog, text);
            default -> throw unsupported(text);
        };
    }

    private static RefusedException unsupported(TokenText text) {
        return switch (text.word(0)) {
            case "XA" ->
                DdlAnalysis.kind(
                        "XA transactions are not supported: a commit must reach the mirror before it is acknowledged",
                        "Use a plain transaction");
            case "LOCK", "UNLOCK" ->
                DdlAnalysis.kind(
                        "Locks on tables commit implicitly and hold one server only",
                        "Lock rows with SELECT ... FOR UPDATE");
            case "CALL" ->
                DdlAnalysis.kind(
                        "What a procedure writes cannot be told",
                        "Send the procedure's statements from the application");
            case "LOAD", "IMPORT" ->
                DdlAnalysis.kind(
                        "Rows that are loaded from a file cannot be collected",
                        "Use INSERT with several rows, in batches");
            case "HANDLER" -> DdlAnalysis.kind("HANDLER reads past the fences", "Use SELECT");
            case "PREPARE", "EXECUTE", "DEALLOCATE" ->
                DdlAnalysis.kind("A statement prepared in SQL hides its text", "Use the driver's prepared statements");
            case "USE" ->
                DdlAnalysis.kind(
                        "The schema is the shard's, set by the keyspace",
                        "Connect to another keyspace, or name the schema");
            default ->
                DdlAnalysis.kind(
                        "This kind of statement is not supported through the agent", "Run it on the server itself");
        };
    }
}
