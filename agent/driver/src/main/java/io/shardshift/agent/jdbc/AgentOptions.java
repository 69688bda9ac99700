package io.shardshift.agent.jdbc;

import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.conf.PropertyKey;
import io.shardshift.api.routing.KeyspaceName;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
    private static final List<String> KNOWN = List.of("maximumPoolSize", "writeTimeout");
    private static final Pattern SHAPE = Pattern.compile("jdbc:shardshift://([^/?]+)/([^/?]+)(?:\\?(.*))?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

    /** Throws an SQLException that names the parameter when the URL is not of this form. */
    public static AgentOptions parse(String url, Properties properties) throws SQLException {
        Matcher matcher = SHAPE.matcher(url);
        if (!matcher.matches()) {
            throw AgentErrors.url("expected " + PREFIX + "host:port[,host:port]/keyspace[?name=value&...]");
        }
        TreeMap<String, String> parameters = new TreeMap<>();
        String query = matcher.group(3);
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw AgentErrors.url("parameter '" + pair + "' of the JDBC URL is not name=value");
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
                String property = name.substring("mysql.".length());
                ConnectorProperties.requireHarmless(property, value);
                mysql.put(property, value);
            } else if (name.equals("maximumPoolSize")) {
                poolSize = number(name, value);
            } else if (name.equals("writeTimeout")) {
                writeTimeout = duration(name, value);
            } else {
                throw AgentErrors.url("unknown parameter '" + name + "' of the JDBC URL" + nearMiss(name)
                        + "; known are maximumPoolSize, writeTimeout and mysql.<property of Connector/J>");
            }
        }
        try {
            return new AgentOptions(
                    matcher.group(1), new KeyspaceName(matcher.group(2)), poolSize, writeTimeout, mysql);
        } catch (IllegalArgumentException e) {
            throw AgentErrors.url("keyspace of the JDBC URL: " + e.getMessage());
        }
    }

    /** A URL of this agent: without its parameters, of which some may be secrets. */
    String url() {
        return PREFIX + zookeeper + "/" + keyspace;
    }

    private static String nearMiss(String name) {
        for (String known : KNOWN) {
            if (distance(name.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT)) <= 3) {
                return ", did you mean " + known + "?";
            }
        }
        boolean ofConnector =
                PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.containsKey(PropertyKey.fromValue(name));
        return ofConnector ? ", did you mean mysql." + name + "?" : "";
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] now = new int[b.length() + 1];
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                now[j] = Math.min(before[j - 1] + change, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[b.length()];
    }

    private static int number(String name, String value) throws SQLException {
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw AgentErrors.url(name + " is a number from 1 to 9999, found '" + value + "'");
        }
        return Integer.parseInt(value);
    }

    private static Duration duration(String name, String value) throws SQLException {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw AgentErrors.url(name + " is a duration such as 5s or 250ms, found '" + value + "'");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }
}
