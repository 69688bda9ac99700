package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlTextTest {

    @Test
    void showsNoValue() {
        assertThat(
                        SqlText.forMessage(
                                "/* token=abc */ UPDATE t  SET a='secret',\n b = x'5345' -- pin 1234\nWHERE c>1.5 AND d IN (?, _utf8'x')"))
                .isEqualTo("UPDATE t SET a=?, b = ? WHERE c>? AND d IN (?, ?)");
    }

    @Test
    void showsNothingBehindAFault() {
        assertThat(SqlText.forMessage("SELECT 1 WHERE a = 'secret")).isEqualTo("SELECT ? WHERE a =…");
        assertThat(SqlText.forMessage("SELECT 1; SELECT 'secret'")).isEqualTo("SELECT ?…");
    }

    @Test
    void isCut() {
        assertThat(SqlText.forMessage("SELECT " + "abc, ".repeat(100_000)))
                .hasSize(SqlText.MAX_LENGTH)
                .endsWith("…");
        assertThat(SqlText.forMessage("SELECT '" + "x".repeat(100_000) + "'")).isEqualTo("SELECT…");
    }

    @Test
    void refusalsShowNoValue() {
        Refused refused = (Refused) Shop.analyze("INSERT IGNORE INTO orders VALUES ('secret')");
        assertThat(refused.message())
                .doesNotContain("secret")
                .contains("INSERT IGNORE INTO orders VALUES (?)")
                .contains("Nothing has changed");
    }
}
