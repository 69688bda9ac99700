package io.shardshift.agent.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Analyses by text, bounded by the sum of the texts' characters. Valid for one catalog: when tables change, a new cache
 * takes its place. Thread-safe; two threads may analyse the same new text at once, to the same result.
 */
public final class StatementCache {

    /** A longer text is a bulk statement that will not come again; it is analysed and not kept. */
    static final int MAX_CACHED_TEXT = 16 * 1024;

    /** What an entry costs beside its text: tokens and analysis are about as large as a text of this many characters. */
    private static final int ENTRY_OVERHEAD = 512;

    private final StatementAnalyzer analyzer;
    private final Cache<String, Analysis> analyses;

    /**
     * Makes an empty cache.
     *
     * @param maxCharacters bound of the texts kept, in characters; one million holds about a thousand statements
     */
    public StatementCache(StatementAnalyzer analyzer, long maxCharacters) {
        this.analyzer = analyzer;
        this.analyses = Caffeine.newBuilder()
                .maximumWeight(maxCharacters)
                .executor(Runnable::run) // its own would wake another thread every few reads
                .weigher((String text, Analysis analysis) -> ENTRY_OVERHEAD + text.length())
                .build();
    }

    /** The analysis of the text. Never throws because of the text. */
    public Analysis analyze(String sql) {
        if (sql.length() > MAX_CACHED_TEXT) {
            return analyzer.analyze(sql);
        }
        return analyses.get(sql, analyzer::analyze);
    }
}
