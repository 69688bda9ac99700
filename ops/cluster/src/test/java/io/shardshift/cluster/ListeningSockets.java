package io.shardshift.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a process listens on, as the kernel tells it: {@code /proc/PID/fd} and {@code /proc/net/tcp}. */
final class ListeningSockets {
    private static final String LISTEN = "0A";

    private ListeningSockets() {}

    /** {@code address:port} of each, the address in the kernel's hexadecimal form. */
    static List<String> of(long pid) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : files.toList()) {
                if (Files.isSymbolicLink(file)) { // else it was closed meanwhile
                    inodes.add(Files.readSymbolicLink(file).toString());
                }
            }
        }
        List<String> sockets = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/net/" + table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[3].equals(LISTEN) && inodes.contains("socket:[" + columns[9] + "]")) {
                    String[] local = columns[1].split(":");
                    sockets.add(local[0] + ":" + Integer.parseInt(local[1], 16));
                }
            }
        }
        return sockets;
    }
}
