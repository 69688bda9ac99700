package io.shardshift.agent.sql;

import io.shardshift.agent.sql.TransactionControl.Kind;

/** Words that begin, end and mark transactions; each form is read to its last word. Stateless. */
final class TransactionAnalysis {

    private final TokenText text;
    private int at = 1;

    private TransactionAnalysis(TokenText text) {
        this.text = text;
    }

    static Analysis of(TokenText text) throws RefusedException {
        TransactionAnalysis analysis = new TransactionAnalysis(text);
        TransactionControl control = switch (text.word(0)) {
            case "BEGIN" -> analysis.plain(Kind.BEGIN);
            case "START" -> analysis.start();
            case "COMMIT" -> analysis.end(Kind.COMMIT);
            case "ROLLBACK" -> analysis.rollback();
            case "SAVEPOINT" -> analysis.named(Kind.SAVEPOINT);
            case "RELEASE" -> analysis.release();
            default -> throw new IllegalArgumentException(text.word(0));
        };
        if (analysis.at != text.size()) {
            throw QueryAnalysis.notUnderstood("The statement goes on after its end");
        }
        return control;
    }

    private boolean skip(String... words) {
        boolean there = text.areWords(at, words);
        at += there ? words.length : 0;
        return there;
    }

    private TransactionControl plain(Kind kind) {
        skip("WORK");
        return TransactionControl.of(kind);
    }

    private TransactionControl start() throws RefusedException {
        if (!skip("TRANSACTION")) {
            throw DdlAnalysis.kind("START of this is not supported through the agent", "Run it on the server itself");
        }
        boolean readOnly = false;
        boolean snapshot = false;
        while (at < text.size()) {
            if (skip("READ", "ONLY")) {
                readOnly = true;
            } else if (skip("WITH", "CONSISTENT", "SNAPSHOT")) {
                snapshot = true;
            } else if (!skip("READ", "WRITE")) {
                throw QueryAnalysis.notUnderstood("START TRANSACTION is not understood");
            }
            if (text.isSymbol(at, ",") && at + 1 < text.size()) {
                at++;
            } else {
                break;
            }
        }
        Kind writing = snapshot ? Kind.BEGIN_WITH_SNAPSHOT : Kind.BEGIN;
        Kind reading = snapshot ? Kind.BEGIN_READ_ONLY_WITH_SNAPSHOT : Kind.BEGIN_READ_ONLY;
        return TransactionControl.of(readOnly ? reading : writing);
    }

    private TransactionControl end(Kind kind) throws RefusedException {
        skip("WORK");
        skip("AND", "NO", "CHAIN");
        skip("NO", "RELEASE");
        if (text.isAnyWord(at, "AND", "RELEASE")) {
            throw DdlAnalysis.kind("AND CHAIN and RELEASE are not supported", "Begin the next transaction by itself");
        }
        return TransactionControl.of(kind);
    }

    private TransactionControl rollback() throws RefusedException {
        skip("WORK");
        if (skip("TO")) {
            skip("SAVEPOINT");
            return named(Kind.ROLLBACK_TO);
        }
        return end(Kind.ROLLBACK);
    }

    private TransactionControl release() throws RefusedException {
        if (!skip("SAVEPOINT")) {
            throw QueryAnalysis.notUnderstood("RELEASE is not understood");
        }
        return named(Kind.RELEASE);
    }

    private TransactionControl named(Kind kind) throws RefusedException {
        if (at >= text.size() || !text.token(at).isName()) {
            throw QueryAnalysis.notUnderstood("A savepoint's name is expected");
        }
        at++;
        return TransactionControl.of(kind, text.token(at - 1).value());
    }
}
