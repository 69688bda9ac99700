package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.Analysis;
import io.shardshift.agent.sql.Refused;
import io.shardshift.agent.sql.SessionStatement;
import io.shardshift.agent.sql.StatementAnalyzer;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which of Connector/J's properties an application may set: not those that undo what the agent stands on. */
final class ConnectorProperties {
    /** Refused unless they are off. By name in lower case, for Connector/J takes them so. */
    private static final Map<String, String> SWITCHES = Map.ofEntries(
            Map.entry("autoreconnect", "a new session holds no fence"), // [4]
            Map.entry("autoreconnectforpools", "a new session holds no fence"),
            Map.entry("allowmultiqueries", "each statement of a text would have to be routed"),
            Map.entry("emulatelocators", "its BLOBs write past the fences"),
            Map.entry("uselocaltransactionstate", "COMMIT and ROLLBACK must reach the server"),
            Map.entry("paranoid", "a session could not be reset before somebody else has it"),
            Map.entry("holdresultsopenoverstatementclose", "a result must end with its statement"),
            Map.entry("donttrackopenresources", "a result must end with its statement"),
            Map.entry("clobberstreamingresults", "a result would end early without an error"),
            Map.entry("padcharswithspace", "keys could not be read exactly"));

    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("connectionattributes", "by them the connections of an expelled agent are found"), // [29]
            Map.entry("user", "the user comes from the shards' credentials"),
            Map.entry("password", "the password comes from the shards' credentials"),
            Map.entry("maxrows", "keys of changed rows would be missed"),
            Map.entry("defaultfetchsize", "a result that is read row by row is told by setFetchSize"), // [11]
            Map.entry("charactersetresults", "keys could not be read exactly"),
            Map.entry("exceptioninterceptors", "what an error means is told by the server's own"),
            Map.entry("useconfigs", "it is a bundle of properties: set them one by one"),
            Map.entry("propertiestransform", "it may change any of these"),
            Map.entry("queryinterceptors", "they are given the shard's own connection"),
            Map.entry("connectionlifecycleinterceptors", "they are given the shard's own connection"));

    /** With them it would connect elsewhere than to the shard. */
    private static final Set<String> PLACES =
            Set.of("host", "port", "protocol", "path", "type", "address", "priority", "dbname");

    private static final Pattern UNICODE = Pattern.compile("(?i)utf-?8|utf8mb4(_\\w+)?");

    private ConnectorProperties() {}

    /** Throws an SQLException that names the property and the reason. */
    static void requireHarmless(String name, String value) throws SQLException {
        String why = whyNot(name.toLowerCase(Locale.ROOT), value);
        if (why != null) {
            throw AgentErrors.url("mysql." + name + " cannot be set through the agent: " + why);
        }
    }

    private static @Nullable String whyNot(String name, String value) {
        if (PLACES.contains(name)) {
            return "the keyspace says where its shards are";
        }
        if (name.equals("sessionvariables")) {
            return whyNotSet(value);
        }
        if (name.equals("characterencoding") || name.equals("connectioncollation")) {
            return UNICODE.matcher(value).matches()
                    ? null
                    : "the server would store another key than was routed: it is utf8mb4";
        }
        String on = value.equalsIgnoreCase("false") ? null : SWITCHES.get(name);
        return on != null ? on : REFUSED.get(name);
    }

    private static @Nullable String whyNotSet(String variables) {
        Analysis analysis = new StatementAnalyzer(table -> Optional.empty()).analyze("SET " + variables);
        if (analysis instanceof Refused refused) {
            return refused.why();
        }
        boolean sets = analysis instanceof SessionStatement statement
                && statement.target() == SessionStatement.Target.ALL_SHARDS;
        return sets ? null : "it is no list of session variables";
    }
}
