package io.shardshift.agent.jdbc;

import io.shardshift.api.routing.KeyspaceName;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JDBC URL says: {@code jdbc:shardshift://zk1:2181,zk2:2181/shop?maximumPoolSize=10&writeTimeout=5s}.
 *
 * @param zookeeper connect string
 * @param maximumPoolSize connections to each shard
 * @param writeTimeout how long a write may wait for a hand-off, and a commit for its mirror
 * @param mysql properties for Connector/J, from parameters that begin with {@code mysql.}
 */
public record AgentOptions(
        String zookeeper,
        KeyspaceName keyspace,
        int maximumPoolSize,
        Duration writeTimeout,
        TreeMap<String, String> mysql) {
    static final String PREFIX = "jdbc:shardshift://";
    private static final Pattern SHAPE = Pattern.compile("jdbc:shardshift://([^/?]+)/([^/?]+)(?:\\?(.*))?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

    /** Throws an SQLException that names the parameter when the URL is not of this form. */
    public static AgentOptions parse(String url, Properties properties) throws SQLException {
        Matcher matcher = SHAPE.matcher(url);
        if (!matcher.matches()) {
            throw new SQLException("expected " + PREFIX + "host:port[,host:port]/keyspace[?name=value&...]", "08001");
        }
        TreeMap<String, String> parameters = new TreeMap<>();
        String query = matcher.group(3);
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new SQLException("parameter '" + pair + "' of the JDBC URL is not name=value", "08001");
                }
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        for (String name : properties.stringPropertyNames()) {
            if (!name.equals("user") && !name.equals("password")) { // pools pass them; ours come from the credentials
                parameters.put(name, properties.getProperty(name));
            }
        }
        int poolSize = 10;
        Duration writeTimeout = Duration.ofSeconds(5);
        TreeMap<String, String> mysql = new TreeMap<>();
        for (String name : parameters.keySet()) {
            String value = String.valueOf(parameters.get(name));
            if (name.startsWith("mysql.")) {
                mysql.put(name.substring("mysql.".length()), value);
            } else if (name.equals("maximumPoolSize")) {
                poolSize = number(name, value);
            } else if (name.equals("writeTimeout")) {
                writeTimeout = duration(name, value);
            } else {
                throw new SQLException(
                        "unknown parameter '" + name + "' of the JDBC URL; known are maximumPoolSize, writeTimeout and"
                                + " mysql.<property of Connector/J>",
                        "08001");
            }
        }
        return new AgentOptions(matcher.group(1), new KeyspaceName(matcher.group(2)), poolSize, writeTimeout, mysql);
    }

    private static int number(String name, String value) throws SQLException {
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw new SQLException(name + " is a number from 1 to 9999, found '" + value + "'", "08001");
        }
        return Integer.parseInt(value);
    }

    private static Duration duration(String name, String value) throws SQLException {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new SQLException(name + " is a duration such as 5s or 250ms, found '" + value + "'", "08001");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }
}
