package io.shardshift.controller.stream;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * How a stream reaches a shard and as whom; its text never shows user or password.
 *
 * @param url {@code jdbc:mysql://host:port/schema}, perhaps with {@code sslMode}
 */
public record ShardLogin(String url, String user, String password) {
    private static final int MYSQL_PORT = 3306;

    public ShardLogin {
        if (!url.startsWith("jdbc:mysql://")) {
            throw new IllegalArgumentException("a shard's URL is jdbc:mysql://host:port/schema, found " + url);
        }
    }

    private URI uri() {
        return URI.create(url.substring("jdbc:".length()));
    }

    String host() {
        return uri().getHost();
    }

    int port() {
        return uri().getPort() < 0 ? MYSQL_PORT : uri().getPort();
    }

    String schema() {
        return uri().getPath().substring(1);
    }

    /** The URL's {@code sslMode} as Debezium spells it. */
    Optional<String> sslMode() {
        String query = uri().getQuery();
        if (query == null) {
            return Optional.empty();
        }
        for (String setting : query.split("&", -1)) {
            if (setting.toLowerCase(Locale.ROOT).startsWith("sslmode=")) {
                return Optional.of(setting.substring("sslmode=".length()).toLowerCase(Locale.ROOT));
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "ShardLogin[" + url + "]";
    }
}
