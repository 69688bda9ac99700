package io.shardshift.shard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the secret behind a credentials name, each process for itself: {@code SHARDSHIFT_CREDENTIALS_DIR/<name>/user} and
 * {@code /password}, else {@code SHARDSHIFT_<NAME>_USER} and {@code _PASSWORD}. Thread-safe; read anew each time, so that a
 * rotated secret is found.
 */
public final class Credentials {
    /** User and password; its text never shows either. */
    public record Secret(String user, String password) {
        @Override
        public String toString() {
            return "Secret[hidden]";
        }
    }

    private final Map<String, String> environment;

    public Credentials(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    public static Credentials ofEnvironment() {
        return new Credentials(System.getenv());
    }

    /** The file's text without the newline that editors put at its end; spaces may belong to a password. */
    private static String line(Path file) throws IOException {
        return Files.readString(file).replaceFirst("\\R\\z", "");
    }

    /** Throws IllegalStateException that names both places when the secret is in neither. */
    public Secret find(String name) {
        String directory = environment.get("SHARDSHIFT_CREDENTIALS_DIR");
        if (directory != null && name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
            Path folder = Path.of(directory, name);
            if (Files.isRegularFile(folder.resolve("user"))) {
                try {
                    return new Secret(line(folder.resolve("user")), line(folder.resolve("password")));
                } catch (IOException e) {
                    throw new IllegalStateException("credentials '" + name + "' cannot be read in " + folder, e);
                }
            }
        }
        String prefix = "SHARDSHIFT_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
        String user = environment.get(prefix + "USER");
        String password = environment.get(prefix + "PASSWORD");
        if (user == null || password == null) {
            throw new IllegalStateException("no credentials '" + name + "': neither SHARDSHIFT_CREDENTIALS_DIR/" + name
                    + "/user and /password, nor " + prefix + "USER and " + prefix + "PASSWORD");
        }
        return new Secret(user, password);
    }
}
