package io.shardshift.agent.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network between an agent and a server: it can fail on the agent's side alone, and the server's sessions live on. */
final class Forwarder implements AutoCloseable {
    private final ServerSocket listening;
    private final int to;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final List<Socket> servers = new CopyOnWriteArrayList<>();
    private volatile boolean refuses;

    Forwarder(int to) throws IOException {
        this.to = to;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Connections that are open now are lost to the agent; the server does not learn of it. */
    void loseClients() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    /** From now on nobody comes through, and those that are there are lost. */
    void refuse() throws IOException {
        refuses = true;
        loseClients();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (refuses) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
                clients.add(client);
                servers.add(server);
                start("to-server", () -> copy(client, server, false));
                start("to-client", () -> copy(server, client, true));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** A client's end is not told to the server: that is what a lost network is. */
    private static void copy(Socket from, Socket into, boolean tellsEnd) {
        try (InputStream in = from.getInputStream()) {
            OutputStream out = into.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
            if (tellsEnd) {
                into.close();
            }
        } catch (IOException e) {
            // the other side is closed: nothing more is copied
            return;
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "forwarder-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        loseClients();
        for (Socket server : servers) {
            server.close();
        }
    }
}
