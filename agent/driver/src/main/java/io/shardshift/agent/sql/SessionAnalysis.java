package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import io.shardshift.agent.sql.SessionStatement.Target;
import io.shardshift.agent.sql.TransactionControl.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SET, SHOW, DO, EXPLAIN and SELECT without a table. Stateless.
 *
 * <p>A session variable is set on every connection of the session. Refused are those on which the agent's own work
 * stands: the {@code sql_mode} flags that change how texts are read, character sets other than the one in which the driver
 * writes and reads keys, what numbers AUTO_INCREMENT, what cuts results short (keys would be missed), and what changes or
 * silences the binlog.
 */
final class SessionAnalysis {

    private static final Set<String> FIXED_VARIABLES = Set.of(
            "auto_increment_increment",
            "auto_increment_offset",
            "binlog_format",
            "binlog_row_image",
            "binlog_row_value_options",
            "binlog_transaction_compression",
            "character_set_client",
            "character_set_connection",
            "character_set_results",
            "collation_connection",
            "completion_type",
            "gtid_next",
            "identity",
            "insert_id",
            "last_insert_id",
            "pseudo_replica_mode",
            "pseudo_slave_mode",
            "pseudo_thread_id",
            "rbr_exec_mode",
            "server_uuid",
            "sql_log_bin",
            "sql_log_off",
            "timestamp",
            "original_server_version",
            "original_commit_timestamp",
            "session_track_gtids",
            "session_track_transaction_info",
            "session_track_state_change",
            "require_row_format",
            "sql_auto_is_null",
            "sql_select_limit");

    /** The one in which Connector/J goes on writing: in another the server would store another key than was routed. */
    private static final String CHARSET = "utf8mb4";

    private static final String REMEDY = "Leave the variable as the agent sets it";

    private SessionAnalysis() {}

    static Analysis set(TokenText text) throws RefusedException {
        int at = 1;
        boolean session = text.isAnyWord(at, "SESSION", "LOCAL");
        if (text.isWord(at + (session ? 1 : 0), "TRANSACTION")) {
            return statement(session ? Target.ALL_SHARDS : Target.NEXT_TRANSACTION, text);
        }
        if (text.isWord(at, "NAMES") || text.areWords(at, "CHARACTER", "SET") || text.isWord(at, "CHARSET")) {
            return names(text, text.isWord(at, "CHARACTER") ? 3 : 2);
        }
        if (text.isAnyWord(at, "PASSWORD", "ROLE", "RESOURCE") || text.areWords(at, "DEFAULT", "ROLE")) {
            throw refusedVariable("SET " + text.word(at) + " is not supported");
        }
        Kind autocommit = null;
        int assignments = 0;
        while (at < text.size()) {
            int end = text.findSymbol(at, text.size(), ",");
            Kind kind = assignment(text, at, end);
            autocommit = kind == null ? autocommit : kind;
            assignments++;
            at = end + 1;
        }
        if (assignments == 0) {
            throw QueryAnalysis.notUnderstood("SET is not understood");
        }
        if (autocommit == null) {
            return statement(Target.ALL_SHARDS, text);
        }
        if (assignments > 1) {
            throw new RefusedException(
                    Reason.SESSION_VARIABLE,
                    "autocommit is set together with other variables",
                    "Set autocommit in a statement of its own");
        }
        return TransactionControl.of(autocommit);
    }

    private static Analysis names(TokenText text, int at) throws RefusedException {
        String charset = at < text.size() ? text.token(at).value().toLowerCase(Locale.ROOT) : "";
        if (!charset.equals(CHARSET)) {
            throw refusedVariable("The connection's character set is " + CHARSET);
        }
        return statement(Target.ALL_SHARDS, text);
    }

    /** One assignment of SET; a kind if it is autocommit's, else null. */
    private static @Nullable Kind assignment(TokenText text, int from, int to) throws RefusedException {
        if (from >= to) {
            throw QueryAnalysis.notUnderstood("SET is not understood");
        }
        for (int i = from; i < to; i++) {
            if (text.isWord(i, "SELECT")) {
                throw QueryAnalysis.notUnderstood("SET with a subquery is not supported");
            }
        }
        String name = text.token(from).value().toLowerCase(Locale.ROOT);
        int at = from + 1;
        if (text.isAnyWord(from, "GLOBAL", "PERSIST", "PERSIST_ONLY")
                || name.matches("@@(global|persist|persist_only)\\..*")) {
            throw refusedVariable("Variables of the server are not set through the agent");
        }
        if (text.isAnyWord(from, "SESSION", "LOCAL") && at < to) {
            name = text.token(at).value().toLowerCase(Locale.ROOT);
            at++;
        }
        boolean userVariable = name.startsWith("@") && !name.startsWith("@@");
        name = name.replaceFirst("^@@(session\\.|local\\.)?", "");
        if (!text.isSymbol(at, "=") && !text.isSymbol(at, ":=")) {
            throw QueryAnalysis.notUnderstood("SET is not understood");
        }
        return userVariable ? null : variable(text, name, at + 1, to);
    }

    private static @Nullable Kind variable(TokenText text, String name, int from, int to) throws RefusedException {
        if (name.equals("autocommit")) {
            return autocommit(text, from, to);
        }
        if (FIXED_VARIABLES.contains(name)) {
            throw refusedVariable("The session variable " + name + " must stay as the agent sets it");
        }
        if (name.equals("sql_mode")) {
            boolean readable = to - from == 1
                    && (text.token(from).kind() == Token.Kind.TEXT || text.isWord(from, "DEFAULT"))
                    && !text.token(from)
                            .value()
                            .toUpperCase(Locale.ROOT)
                            .matches(".*(ANSI|NO_BACKSLASH_ESCAPES|PIPES_AS_CONCAT|HIGH_NOT_PRECEDENCE|IGNORE_SPACE"
                                    + "|ORACLE|MSSQL|POSTGRESQL|DB2|MAXDB).*");
            if (!readable) {
                throw refusedVariable("Under this sql_mode, or one that is not a literal, texts mean something else");
            }
        }
        return null;
    }

    private static Kind autocommit(TokenText text, int from, int to) throws RefusedException {
        String value = to - from == 1 ? text.token(from).value().toUpperCase(Locale.ROOT) : "";
        return switch (value) {
            case "1", "ON", "TRUE" -> Kind.AUTOCOMMIT_ON;
            case "0", "OFF", "FALSE" -> Kind.AUTOCOMMIT_OFF;
            default -> throw refusedVariable("autocommit is set to something that is neither 0 nor 1");
        };
    }

    private static RefusedException refusedVariable(String why) {
        return new RefusedException(Reason.SESSION_VARIABLE, why, REMEDY);
    }

    static Analysis show(TokenText text) {
        boolean last = text.isAnyWord(1, "WARNINGS", "ERRORS") || text.isWord(1, "COUNT");
        return statement(last ? Target.LAST_USED_SHARD : Target.ANY_SHARD, text);
    }

    /** EXPLAIN runs nothing, but for EXPLAIN ANALYZE, which runs its SELECT. */
    static Analysis explain(TokenText text) throws RefusedException {
        for (int i = 1; i < text.size(); i++) {
            if ((text.isWord(i, "ANALYZE") && text.contains(1, text.size(), "SELECT"))
                    || text.isWord(i, "CONNECTION")
                    || text.isWord(i, "INTO")) {
                throw new RefusedException(
                        Reason.STATEMENT_KIND,
                        "Of EXPLAIN only the forms that run nothing are supported",
                        "Use EXPLAIN without ANALYZE, or ask the shard itself");
            }
            if (text.isWord(i, "ANALYZE")) {
                throw QueryAnalysis.notUnderstood("EXPLAIN ANALYZE of this is not supported");
            }
        }
        return statement(Target.ANY_SHARD, text);
    }

    static Analysis selectWithoutTable(TokenText text) {
        for (int i = 0; i < text.size(); i++) {
            String lower = text.token(i).value().toLowerCase(Locale.ROOT);
            boolean about = text.token(i).kind() == Token.Kind.VARIABLE
                    && lower.matches("@@(session\\.|local\\.)?(warning_count|error_count|identity|last_insert_id)");
            if (about || Functions.isCallOf(text, i, Functions.ABOUT_LAST_STATEMENT)) {
                return statement(Target.LAST_USED_SHARD, text);
            }
        }
        return statement(Target.ANY_SHARD, text);
    }

    static Analysis doExpression(TokenText text) throws RefusedException {
        Analysis select = selectWithoutTable(text);
        QueryAnalysis.Result result = QueryAnalysis.of(
                name -> Optional.empty(),
                text,
                "SELECT " + text.forParser(1, text.size()),
                1 + text.count(1, text.size(), "SELECT"));
        if (!result.tables().isEmpty()) {
            throw QueryAnalysis.notUnderstood("DO with a table is not supported");
        }
        return select;
    }

    private static SessionStatement statement(Target target, TokenText text) {
        return new SessionStatement(target, text.text(), text.parameters());
    }
}
