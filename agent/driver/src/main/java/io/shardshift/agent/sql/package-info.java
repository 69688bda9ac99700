/**
 * What one SQL text is, told from the text and the keyspace's tables alone: its kind, its tables, the shard key and the
 * keys that it names, how it is rewritten so that its keys can be collected, or why it is refused.
 *
 * <p>The way in is {@link io.shardshift.agent.sql.StatementAnalyzer}, behind a
 * {@link io.shardshift.agent.sql.StatementCache}; the way out is the sealed
 * {@link io.shardshift.agent.sql.Analysis}. Nothing here does I/O, throws because of a text, or changes after it was
 * made: every type may be shared between threads.
 *
 * <p>Texts are cut into tokens by MySQL's own rules ({@code Lexer}); clauses are found among tokens, so rewritten texts
 * are made of the original's characters. JSqlParser reads conditions and queries only, in a form in which nothing is
 * left that it reads otherwise than MySQL: texts and comments are taken out, {@code ||} is written {@code OR}. The
 * sessions' {@code sql_mode} must hold neither {@code ANSI_QUOTES} nor {@code NO_BACKSLASH_ESCAPES} nor
 * {@code PIPES_AS_CONCAT}.
 */
@NullMarked
package io.shardshift.agent.sql;

import org.jspecify.annotations.NullMarked;
