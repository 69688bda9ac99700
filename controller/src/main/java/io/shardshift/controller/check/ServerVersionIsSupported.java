package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fails on servers that the protocol was not tried on: before 8.0.17, and MariaDB. */
final class ServerVersionIsSupported extends ShardCheck {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

    ServerVersionIsSupported() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        String found = shard.query("SELECT VERSION()").get(0).text(1);
        if (!isSupported(found)) {
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.SERVER_VERSION_UNSUPPORTED,
                                    "{} is version {}, expected MySQL 8.0.17 or later",
                                    shard,
                                    found)
                            .remedy("upgrade the server of {} first", shard));
        }
    }

    /** Whether a text as VERSION() prints it names a known server; one that cannot be read does not. */
    static boolean isSupported(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches() || version.toLowerCase(Locale.ROOT).contains("mariadb")) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        int patch = Integer.parseInt(matcher.group(3));
        return major > 8 || (major == 8 && (minor > 0 || patch >= 17));
    }
}
