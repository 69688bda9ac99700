package io.shardshift.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions have the protocol's settings whatever the server's own are. */
class SessionSettingsTest {
    private static String setting(JdbcShardSession session, String variable) throws Exception {
        try (Statement statement = session.connection().createStatement();
                ResultSet result = statement.executeQuery("SELECT @@SESSION." + variable)) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void aMirrorSessionKeepsRowsNoLongerThanItsWriterLives() throws Exception { // [26]
        try (TwoShards shards = new TwoShards();
                JdbcShardSession mirror = shards.mirror()) {
            assertThat(setting(mirror, "wait_timeout")).isEqualTo("5");
            assertThat(setting(mirror, "innodb_lock_wait_timeout")).isEqualTo("1");
            assertThat(setting(mirror, "transaction_isolation")).isEqualTo("READ-COMMITTED");
            assertThat(setting(mirror, "time_zone")).isEqualTo("+00:00");
            assertThat(setting(mirror, "foreign_key_checks")).isEqualTo("0");
            assertThat(setting(mirror, "unique_checks")).isEqualTo("1");
            assertThat(setting(mirror, "sql_mode").split(","))
                    .contains( // Connector/J adds STRICT_TRANS_TABLES
                            "STRICT_ALL_TABLES",
                            "NO_AUTO_VALUE_ON_ZERO",
                            "ALLOW_INVALID_DATES",
                            "NO_ENGINE_SUBSTITUTION");
        }
    }

    @Test
    void anOwnerSessionKeepsAnAbsentKeyAbsent() throws Exception { // [5]
        try (TwoShards shards = new TwoShards();
                JdbcShardSession owner = shards.owner()) {
            assertThat(setting(owner, "transaction_isolation")).isEqualTo("REPEATABLE-READ");
            assertThat(setting(owner, "innodb_lock_wait_timeout")).isEqualTo("1");
        }
    }

    @Test
    void aServerThatKeepsNoWarningsHidesNone() throws Exception { // [8]
        try (TwoShards shards = new TwoShards("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(3))")) {
            shards.target.execute("SET GLOBAL max_error_count = 0");
            try (JdbcShardSession mirror = shards.mirror()) {
                Row tooLong = new Row(new byte[][] {"1".getBytes(US_ASCII), "long".getBytes(US_ASCII)});
                assertThatThrownBy(() -> mirror.loadRows(shards.table("t", "id"), List.of(tooLong)))
                        .isInstanceOfSatisfying(
                                ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.REFUSED));
            } finally {
                shards.target.execute("SET GLOBAL max_error_count = DEFAULT");
            }
        }
    }
}
