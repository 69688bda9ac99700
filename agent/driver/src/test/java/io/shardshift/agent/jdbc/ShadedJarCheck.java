package io.shardshift.agent.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.TestCluster;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shaded jar alone, beside Connector/J and SLF4J's API; run by {@code mvn verify} once the jar is made. */
class ShadedJarCheck {
    private static final Path JAR = Path.of(Objects.requireNonNull(System.getProperty("shardshift.shadedJar")));

    private static final String PROGRAM = """
            import java.sql.*;

            class Program {
                public static void main(String[] arguments) throws Exception {
                    try (Connection connection = DriverManager.getConnection(arguments[0]);
                            Statement statement = connection.createStatement()) {
                        statement.executeUpdate("INSERT INTO kv VALUES (1, 41)");
                        statement.executeUpdate("UPDATE kv SET v = v + 1 WHERE u = 1");
                        try (ResultSet row = statement.executeQuery("SELECT v FROM kv WHERE u = 1")) {
                            row.next();
                            System.out.println("read " + row.getInt(1));
                        }
                    }
                }
            }
            """;

    @Test
    void everyClassInItIsOurs() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .filteredOn(name -> name.endsWith(".class"))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("io/shardshift/"));
        }
    }

    @Test
    void aProgramWithNothingElseReadsAndWrites(@TempDir Path directory) throws Exception {
        Path program = Files.writeString(directory.resolve("Program.java"), PROGRAM);
        Path output = directory.resolve("output");
        try (AgentFixture agent = new AgentFixture("u", "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)")) {
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            String.join(
                                    File.pathSeparator,
                                    JAR.toString(),
                                    jarOf(com.mysql.cj.jdbc.Driver.class),
                                    jarOf(org.slf4j.Logger.class)),
                            program.toString(),
                            "jdbc:shardshift://" + TestCluster.zookeeper().connectString() + "/" + agent.keyspace)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "SHARDSHIFT_A_USER", agent.source.server().user(),
                            "SHARDSHIFT_A_PASSWORD", agent.source.server().password()));
            Process process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(output)).contains("read 42");
            assertThat(process.exitValue()).isZero();
            assertThat(agent.source.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("42")));
        }
    }

    private static String jarOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
