package io.shardshift.plans.file;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a shard is. A URL is never shown in an error: people put passwords into them. */
public final class ShardUrl {
    static final String SHAPE = "a URL as jdbc:mysql://host[:port]/schema";

    /** Those that change how the server is reached, and nothing of what a session does. */
    static final List<String> PARAMETERS = List.of(
            "sslMode",
            "useSSL",
            "requireSSL",
            "verifyServerCertificate",
            "allowPublicKeyRetrieval",
            "tlsVersions",
            "connectTimeout",
            "tcpKeepAlive");

    private static final Pattern URL =
            Pattern.compile("jdbc:mysql://(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9][A-Za-z0-9._-]{0,253})(?::([0-9]{1,5}))?"
                    + "/([A-Za-z0-9_$-]{1,64})(?:\\?([!-~]*))?"); // parameters are written in printable ASCII
    private static final int DEFAULT_PORT = 3306;

    private ShardUrl() {}

    static @Nullable String read(Value value) {
        String url = value.text(SHAPE);
        if (url == null) {
            return null;
        }
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            String why = url.contains("@") ? "a user or password in it" : "something else";
            String mend = url.contains("@")
                    ? "leave user and password out: credentials names them"
                    : "jdbc:mysql://db1.example:3306/shop";
            value.error("expected " + SHAPE + ", found " + why, mend);
            return null;
        }
        if (port(matcher) < 1 || port(matcher) > 65_535) {
            value.error("expected a port from 1 to 65535, found " + port(matcher), null);
            return null;
        }
        return parametersAreHarmless(value, matcher.group(4)) ? url : null;
    }

    /** Host, port and schema in one form, so that two names of one place can be told; the URL is one that was read. */
    public static String place(String url) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            return url;
        }
        return matcher.group(1).toLowerCase(Locale.ROOT) + ":" + port(matcher) + "/" + matcher.group(3);
    }

    private static int port(Matcher matcher) {
        return matcher.group(2) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(2));
    }

    private static boolean parametersAreHarmless(Value value, @Nullable String parameters) {
        if (parameters == null || parameters.isEmpty()) {
            return true;
        }
        boolean harmless = true;
        for (String parameter : parameters.split("&", -1)) {
            String name = parameter.split("=", 2)[0];
            if (!PARAMETERS.contains(name)) {
                boolean secret =
                        name.equals("user") || name.toLowerCase(Locale.ROOT).contains("password");
                value.error(
                        "expected no parameter but " + String.join(", ", PARAMETERS) + ", found '"
                                + Value.abbreviated(name) + "'",
                        secret ? "leave it out: credentials names user and password" : value.nearest(name, PARAMETERS));
                harmless = false;
            }
        }
        return harmless;
    }
}
