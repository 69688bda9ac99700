package io.shardshift.agent.sql;

import io.shardshift.agent.sql.Refused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements that change definitions, read only so far as to tell their tables. Stateless. */
final class DdlAnalysis {

    private DdlAnalysis() {}

    static Analysis of(TableCatalog catalog, TokenText text) throws RefusedException {
        String verb = text.word(0);
        int at = 1;
        while (text.isAnyWord(
                at, "UNIQUE", "FULLTEXT", "SPATIAL", "LOCAL", "NO_WRITE_TO_BINLOG", "ONLINE", "OFFLINE")) {
            at++;
        }
        if (verb.equals("TRUNCATE") && !text.isWord(at, "TABLE")) {
            return ddl(catalog, text, at);
        }
        if (text.isAnyWord(at, "TABLE", "TABLES")) {
            if (verb.equals("CREATE") && text.contains(at + 1, text.size(), "SELECT")) {
                throw kind(
                        "CREATE TABLE ... SELECT writes rows that are not mirrored",
                        "Create the table, then INSERT its rows");
            }
            return ddl(catalog, text, afterIfExists(text, at + 1));
        }
        if (text.isWord(at, "INDEX") && !verb.equals("ALTER")) {
            return ddl(catalog, text, text.find(at, text.size(), "ON") + 1);
        }
        throw kind(
                verb + " " + text.word(at) + " is not supported through the agent",
                "Run it on each shard, by a connection of its own");
    }

    private static int afterIfExists(TokenText text, int at) {
        int after = text.isWord(at, "IF") ? at + 1 : at;
        after = text.isWord(after, "NOT") ? after + 1 : after;
        return text.isWord(after, "EXISTS") ? after + 1 : after;
    }

    private static Analysis ddl(TableCatalog catalog, TokenText text, int from) throws RefusedException {
        List<TableRef> tables = new ArrayList<>();
        int at = from;
        do {
            TableNames.Named named = TableNames.at(text, at, text.size());
            tables.add(TableRef.of(catalog, named.schema(), named.name(), Optional.empty()));
            at = named.next() + 1;
        } while (text.isSymbol(at - 1, ",") || isFollowedByName(text, at - 1));
        if (text.isWord(0, "ALTER")) {
            int to = text.find(at - 1, text.size(), "RENAME");
            if (text.isAnyWord(to + 1, "TO", "AS")) {
                TableNames.Named named = TableNames.at(text, to + 2, text.size());
                tables.add(TableRef.of(catalog, named.schema(), named.name(), Optional.empty()));
            }
        }
        return new Ddl(text.word(0), tables, text.text());
    }

    private static boolean isFollowedByName(TokenText text, int at) {
        return (text.isWord(0, "RENAME") && text.isWord(at, "TO"))
                || (text.isWord(0, "CREATE") && text.isWord(at, "LIKE"));
    }

    static RefusedException kind(String why, String remedy) {
        return new RefusedException(Reason.STATEMENT_KIND, why, remedy);
    }
}
