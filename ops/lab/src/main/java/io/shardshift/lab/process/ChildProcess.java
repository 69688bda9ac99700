package io.shardshift.lab.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Java process of ours on this process's class path. It ends when its standard input ends, or is killed. */
public final class ChildProcess implements AutoCloseable {
    private static final long END_SECONDS = 30;

    private final String name;
    private final Process process;
    private final Path log;
    private volatile boolean closing;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public static ChildProcess start(
            String name, Path directory, Map<String, String> environment, String jvmOption, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.add(jvmOption);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        Path log = directory.resolve(name + ".log");
        builder.redirectError(log.toFile());
        return new ChildProcess(name, builder.start(), log);
    }

    /** Waits for a line of its standard output; throws with the end of its log when it ends before. */
    public void awaitLine(String expected) throws IOException {
        BufferedReader reader = process.inputReader();
        String line = reader.readLine();
        while (line != null && !line.equals(expected)) {
            line = reader.readLine();
        }
        if (line == null) {
            throw new IOException(name + " ended before it was " + expected + ": " + logTail());
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Reads what else it prints into a file, so that it never waits for us. */
    public void drain(Path file) throws IOException {
        read(in -> {
            try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                in.transferTo(out);
            }
        });
    }

    /** Gives each line that it prints from now on to {@code each}, on a thread of its own. */
    public void forEachLine(Consumer<String> each) {
        BufferedReader reader = process.inputReader();
        read(in -> {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                each.accept(line);
            }
        });
    }

    @FunctionalInterface
    private interface Reading {
        void run(InputStream in) throws IOException;
    }

    private void read(Reading reading) {
        Thread thread = new Thread(
                () -> {
                    try (var in = process.getInputStream()) {
                        reading.run(in);
                    } catch (IOException e) {
                        if (!closing) { // else the stream was closed by us
                            System.err.println("output of " + name + " ended: " + e.getMessage());
                        }
                    }
                },
                "drain-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it wrote to standard error so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** The end of that, for a message. */
    public String logTail() throws IOException {
        String all = log();
        return all.substring(Math.max(0, all.length() - 3_000));
    }

    /** Ends its input and waits until it has ended by itself. */
    public void finish() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            close();
            throw new IOException(name + " did not end within " + END_SECONDS + " s: " + logTail());
        }
    }

    @Override
    public void close() {
        closing = true;
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
