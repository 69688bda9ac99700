package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large texts end in an analysis or a refusal, in time. */
@Timeout(60)
class StatementLimitsTest {

    @ParameterizedTest
    @ValueSource(ints = {10, 300, 3_000, 100_000})
    void longChains(int length) {
        Analysis analysis = Shop.analyze("SELECT 1 FROM orders WHERE user_id = 1" + " OR user_id = 1".repeat(length));
        if (length <= 300) {
            assertThat(Described.describe(analysis)).isEqualTo("read (1)");
        }
        assertThat(analysis).isNotNull();
        assertThat(Shop.analyze("SELECT " + "- ".repeat(length) + "1 FROM orders"))
                .isNotNull();
        assertThat(Shop.analyze("SELECT " + "NOT ".repeat(length) + "1 FROM orders"))
                .isNotNull();
        assertThat(Shop.analyze("SELECT 1" + " UNION SELECT 1".repeat(length))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 40})
    void deepNesting(int depth) {
        String open = "(".repeat(depth);
        String close = ")".repeat(depth);
        assertThat(Shop.analyze("SELECT 1 FROM orders WHERE " + open + "user_id = 1" + close))
                .isNotNull();
        assertThat(Shop.analyze("SELECT " + "IF(a, ".repeat(depth) + "1" + ", 2)".repeat(depth) + " FROM orders"))
                .isNotNull();
        assertThat(Shop.analyze("SELECT * FROM " + "(SELECT * FROM ".repeat(depth) + "orders" + ") x".repeat(depth)))
                .isNotNull();
        assertThat(Shop.analyze(
                        "SELECT " + "CASE WHEN a THEN ".repeat(depth) + "1" + " END".repeat(depth) + " FROM orders"))
                .isNotNull();
        assertThat(Shop.analyze(open + "SELECT 1 FROM orders" + close)).isNotNull();
        assertThat(Shop.analyze("SELECT 1 FROM orders WHERE " + open + "user_id = 1" + " OR id = 2)".repeat(depth)))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 50_000})
    void manyRows(int rows) {
        Insert insert =
                Shop.insert("INSERT INTO orders (user_id, ref) VALUES (1, 'a')" + ", (?, LOWER('x'))".repeat(rows - 1));
        assertThat(insert.rows()).hasSize(rows);
        assertThat(insert.ofRow(rows - 1).parameters()).containsExactly(new Rewritten.Source.Original(rows - 1));
    }
}
