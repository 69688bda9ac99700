package io.shardshift.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One real mysqld with a data directory of its own: GTID, row binlog, loopback only.
 *
 * <p>It runs below a small shell that reads a pipe from this process: when the pipe ends, because {@link #close} was called
 * or this JVM was killed, the shell kills mysqld. Thread-safe by lock.
 */
public final class MysqlServer implements AutoCloseable {
    /** A busy 2-core machine was seen to take 15 s; past this a server does not come. */
    private static final long START_SECONDS = 90;

    private static final int PORT_TRIES = 5;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** $0 is mysqld, $@ its options; prints mysqld's pid, then waits for the end of the pipe or of mysqld. */
    private static final String KEEPER = "exec 3<&0; \"$0\" \"$@\" </dev/null >/dev/null 2>&1 3<&- & p=$!; echo $p;"
            // a background command of sh reads /dev/null unless told otherwise
            + " trap '' INT TERM HUP; (while read _; do :; done <&3; kill -CONT $p; kill -9 $p) 2>/dev/null & c=$!; wait $p;"
            + " kill $c 2>/dev/null";

    private final String name;
    private final int number;
    private final Path directory;
    private final MysqlInstallation installation;
    private final boolean durable;
    private final List<String> extraOptions;
    private final String user = "shardshift";
    private final String password;
    private int port;
    private @Nullable Process keeper;
    private long pid;

    private MysqlServer(
            int number, Path directory, MysqlInstallation installation, boolean durable, List<String> extraOptions) {
        this.name = "mysql-" + number;
        this.number = number;
        this.directory = directory;
        this.installation = installation;
        this.durable = durable;
        this.extraOptions = List.copyOf(extraOptions);
        byte[] secret = new byte[16];
        RANDOM.nextBytes(secret);
        this.password = HexFormat.of().formatHex(secret);
    }

    /** Makes a data directory below {@code parent} and starts the server; returns when it answers. */
    static MysqlServer start(
            int number, Path parent, MysqlInstallation installation, boolean durable, List<String> extraOptions)
            throws IOException {
        Path directory = Files.createDirectories(parent.resolve("mysql-" + number));
        MysqlServer server = new MysqlServer(number, directory, installation, durable, extraOptions);
        installation.copySeedTo(directory.resolve("data"));
        server.launch(server.writeInitFile());
        return server;
    }

    /** The password is given in a file that only this user can read: an option would show in the process list. */
    private Path writeInitFile() throws IOException {
        Path file = Files.createFile(
                directory.resolve("init.sql"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "CREATE USER '" + user + "'@'%' IDENTIFIED BY '" + password + "';\n"
                        + "GRANT ALL ON *.* TO '" + user + "'@'%' WITH GRANT OPTION;\n"
                        + "ALTER USER 'root'@'localhost' IDENTIFIED BY '" + password + "';\n"
                        + "RESET MASTER;\n");
        return file;
    }

    private synchronized void launch(@Nullable Path initFile) throws IOException {
        for (int attempt = 1; ; attempt++) {
            if (port == 0) {
                port = freePort();
            }
            keeper = new ProcessBuilder(command(initFile))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String line = keeper.inputReader().readLine();
            if (line == null) {
                throw new IOException(name + " was not started: /bin/sh ended at once");
            }
            pid = Long.parseLong(line);
            if (answers()) {
                break;
            }
            close();
            if (initFile == null || attempt == PORT_TRIES) {
                throw new IOException(name + " did not start; the end of its log: " + logTail());
            }
            port = 0; // taken by another process in between
            MysqlInstallation.deleteTree(directory.resolve("data"));
            installation.copySeedTo(directory.resolve("data"));
        }
        if (initFile != null) {
            Files.delete(initFile);
        }
    }

    private List<String> command(@Nullable Path initFile) {
        Path data = directory.resolve("data");
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                KEEPER,
                installation.base().resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--basedir=" + installation.base(),
                "--datadir=" + data,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                // a socket path over 107 bytes is refused: relative to the data directory it is short
                "--socket=s.sock",
                "--pid-file=" + directory.resolve("mysqld.pid"),
                "--log-error=" + log(),
                "--mysqlx=OFF",
                "--server-id=" + (number + 1),
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--binlog-row-image=FULL",
                "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON",
                "--innodb-buffer-pool-size=64M",
                "--innodb-redo-log-capacity=64M",
                "--innodb-log-buffer-size=1M",
                "--innodb-use-native-aio=0",
                // MySQL's manual advises OFF for low concurrency: several servers' log threads spin for the same few
                // cores
                "--innodb-log-writer-threads=OFF",
                "--skip-name-resolve",
                "--max-connections=300",
                "--local-infile=1",
                "--default-time-zone=+00:00"));
        command.addAll(
                durable
                        ? List.of("--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1")
                        : List.of(
                                "--innodb-flush-log-at-trx-commit=0",
                                "--sync-binlog=0",
                                "--innodb-doublewrite=OFF",
                                "--innodb-flush-method=nosync"));
        if (initFile != null) {
            command.add("--init-file=" + initFile);
        }
        command.addAll(extraOptions);
        MysqlInstallation.asRootNeedsAUser(command);
        return command;
    }

    private boolean answers() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        SQLException last = null;
        while (System.nanoTime() < end && isAlive()) {
            try (Connection connection = connect("")) {
                return connection.isValid(5);
            } catch (SQLException e) {
                last = e;
                pause();
            }
        }
        if (isAlive()) {
            throw new IOException(name + " did not answer within " + START_SECONDS + " s", last);
        }
        return false;
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(20); // between two attempts to connect: nothing tells when mysqld listens
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a server started", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path log() {
        return directory.resolve("mysqld.log");
    }

    private String logTail() throws IOException {
        if (!Files.exists(log())) {
            return "(none)";
        }
        String all = Files.readString(log());
        return all.substring(Math.max(0, all.length() - 1_500));
    }

    public String name() {
        return name;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    /** Process id of mysqld itself. */
    public synchronized long pid() {
        return pid;
    }

    public Path directory() {
        return directory;
    }

    /** JDBC URL without a schema. */
    public String jdbcUrl() {
        return jdbcUrl("");
    }

    public String jdbcUrl(String schema) {
        return "jdbc:mysql://" + host() + ":" + port + "/" + schema;
    }

    /** A plain connection of the user that may do everything. */
    public Connection connect(String schema) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("sslMode", "PREFERRED");
        properties.setProperty("connectTimeout", "5000");
        return DriverManager.getConnection(jdbcUrl(schema), properties);
    }

    /** Makes an empty schema, which must not exist. */
    public void createSchema(String schema) throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE `" + schema.replace("`", "``") + "` CHARACTER SET utf8mb4");
        }
    }

    public synchronized boolean isAlive() {
        return keeper != null && keeper.isAlive() && ProcessHandle.of(pid).isPresent();
    }

    /** kill -9, as a crash; the data stays. Returns when the process is gone. */
    public void kill() {
        close();
    }

    /** Starts it again on the same data and port after {@link #kill} or {@link #stop}. */
    public void restart() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " is running");
        }
        launch(null);
    }

    /** A polite stop: all is on disk afterwards. Takes seconds. */
    public synchronized void stop() throws IOException {
        Process running = keeper;
        if (running == null) {
            return;
        }
        signal("TERM");
        awaitEnd(running);
        keeper = null;
    }

    /** SIGSTOP: the server stands still, its connections stay. */
    public void suspend() throws IOException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void awaitEnd(Process running) {
        try {
            if (!running.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " (pid " + pid + ") did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills mysqld and returns when it is gone; idempotent. The directory stays. */
    @Override
    public synchronized void close() {
        Process running = keeper;
        if (running == null) {
            return;
        }
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        awaitEnd(running);
        keeper = null;
    }
}
