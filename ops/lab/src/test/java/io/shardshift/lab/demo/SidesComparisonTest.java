package io.shardshift.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** It finds what differs by a byte, and nothing else. */
class SidesComparisonTest {
    private static final String TABLE =
            "CREATE TABLE t (a BIGINT, b INT, v VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, PRIMARY KEY (a, b))";

    @Test
    void aByteAMissingRowAndAnAdditionalOneAreFound() throws Exception {
        try (TestSchema left = TestCluster.schema(0, "sides");
                TestSchema right = TestCluster.schema(1, "sides");
                Connection old = left.connect();
                Connection moved = right.connect()) {
            run(old, TABLE, "INSERT INTO t VALUES (1, 1, 'same'), (1, 2, 'a'), (2, 1, NULL), (3, 1, 'gone')");
            run(moved, TABLE, "INSERT INTO t VALUES (1, 1, 'same'), (1, 2, 'A'), (2, 1, ''), (4, 1, 'more')");

            assertThat(new SidesComparison(old, List.of(moved), true, Duration.ofMillis(200))
                            .differences(List.of(new SidesComparison.Table("t", List.of("a", "b")))))
                    .containsExactlyInAnyOrder("t [1, 2]", "t [2, 1]", "t [3, 1]", "t [4, 1]");
            assertThat(new SidesComparison(old, List.of(moved), false, Duration.ofMillis(200))
                            .differences(List.of(new SidesComparison.Table("t", List.of("a", "b")))))
                    .as("before all rows are copied")
                    .containsExactlyInAnyOrder("t [1, 2]", "t [2, 1]", "t [4, 1]");
        }
    }

    private static void run(Connection connection, String... statements) throws Exception {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
