package io.shardshift.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a cluster that outlives the command which started it.
 *
 * <p>{@code keeper.lock} is locked as long as the keeper lives, whichever way it ends, so it alone says whether the cluster
 * is up; it holds the keeper's pid and is never deleted, for a second keeper could lock a new file of that name. The rest,
 * {@code cluster.json} and {@code data}, belongs to whoever holds the lock. Not thread-safe.
 */
final class ClusterDirectory {
    private final Path directory;

    private ClusterDirectory(Path directory) {
        this.directory = directory;
    }

    /** By its real path, which the command lines of its servers show, whichever link was named. */
    static ClusterDirectory of(Path directory) throws IOException {
        return new ClusterDirectory(
                Files.exists(directory)
                        ? directory.toRealPath()
                        : directory.toAbsolutePath().normalize());
    }

    Path path() {
        return directory;
    }

    /** Where the servers keep their data and logs. */
    Path data() {
        return directory.resolve("data");
    }

    Path keeperLog() {
        return directory.resolve("keeper.log");
    }

    private Path lockFile() {
        return directory.resolve("keeper.lock");
    }

    private Path descriptionFile() {
        return directory.resolve("cluster.json");
    }

    /** Makes the directory; refuses one with files in it that no cluster has put there, for {@code down} deletes. */
    static ClusterDirectory create(Path path) throws IOException {
        Files.createDirectories(path);
        ClusterDirectory created = of(path);
        if (Files.exists(created.lockFile())) {
            return created;
        }
        try (Stream<Path> files = Files.list(created.directory)) {
            if (files.findAny().isPresent()) {
                throw new IOException(created.directory + " is not empty and not a cluster's: name a new directory");
            }
        }
        return created;
    }

    /** Locks the directory until the lock is closed or this process ends; null if another process has it. */
    @Nullable
    Held tryHold() throws IOException {
        FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return null;
        }
        return new Held(channel);
    }

    /** Whether a keeper lives, ready or not. */
    boolean isHeld() throws IOException {
        if (!Files.exists(lockFile())) {
            return false;
        }
        try (Held held = tryHold()) {
            return held == null;
        }
    }

    /** The pid that the last keeper wrote; means something only while the directory is held. */
    OptionalLong keeperPid() throws IOException {
        String text = Files.readString(lockFile()).strip();
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    /** What the last keeper said when all was ready; empty before that and after an orderly end. */
    Optional<ClusterDescription> description() throws IOException {
        try {
            return Optional.of(ClusterDescription.fromJson(Files.readString(descriptionFile())));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // it is deleted at any moment by a keeper that ends
        }
    }

    /** Whether a keeper ended without clearing up. */
    boolean hasRemains() {
        return Files.exists(descriptionFile()) || Files.exists(data());
    }

    /** Processes whose command line names a data directory of ours: mysqld, and the shells that watch over it. */
    long processes() {
        String option = "--datadir=" + data() + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(option))
                .count();
    }

    /** The directory while this process alone may change it. */
    final class Held implements AutoCloseable {
        private final FileChannel channel;

        private Held(FileChannel channel) {
            this.channel = channel;
        }

        /** So that {@code down} knows whom to ask. */
        void writePid() throws IOException {
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(
                            Long.toString(ProcessHandle.current().pid())),
                    0);
        }

        /** Atomic, and for this user's eyes only: it has passwords. */
        void writeDescription(ClusterDescription description) throws IOException {
            Path fresh = directory.resolve("cluster.json.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, description.toJson() + "\n");
            Files.move(fresh, descriptionFile(), StandardCopyOption.ATOMIC_MOVE);
        }

        /** Removes what a keeper left, when its servers are gone; they end by themselves within moments of it. */
        void removeRemains(long timeoutSeconds) throws IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
            while (processes() > 0) {
                if (System.nanoTime() > end) {
                    throw new IOException(processes() + " processes of the last cluster in " + directory
                            + " have not ended within " + timeoutSeconds + " s; nothing was removed");
                }
                pause();
            }
            Files.deleteIfExists(descriptionFile());
            MysqlInstallation.deleteTree(data());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Between two looks at processes that are not children of this one, whose end nothing tells. */
    static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for processes to end", e);
        }
    }
}
