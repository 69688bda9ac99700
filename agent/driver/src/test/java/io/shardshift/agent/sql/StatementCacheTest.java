package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementCacheTest {

    @Test
    void keepsAnAnalysisByItsText() {
        StatementCache cache = new StatementCache(new StatementAnalyzer(Shop.CATALOG), 100_000);
        Analysis first = cache.analyze("SELECT * FROM orders WHERE user_id = ?");
        assertThat(cache.analyze("SELECT * FROM orders WHERE user_id = ?")).isSameAs(first);
    }

    @Test
    void doesNotKeepBulkTexts() {
        StatementCache cache = new StatementCache(new StatementAnalyzer(Shop.CATALOG), 100_000);
        String bulk = "INSERT INTO orders (user_id) VALUES (1)" + ", (1)".repeat(StatementCache.MAX_CACHED_TEXT / 5);
        assertThat(cache.analyze(bulk)).isNotSameAs(cache.analyze(bulk)).isInstanceOf(Insert.class);
    }
}
