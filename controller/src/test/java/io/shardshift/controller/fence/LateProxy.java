package io.shardshift.controller.fence;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy before a MySQL server, held by a test: it cuts a client off between the sending of a packet and its answer, and
 * delivers that packet when the test says so. For connections without TLS.
 */
public final class LateProxy implements AutoCloseable {
    private static final byte[] QUIT = {1, 0, 0, 0, 1};

    private record Held(Socket server, byte[] packet, CompletableFuture<Void> ended) {}

    private final ServerSocket listening;
    private final String host;
    private final int port;
    private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicReference<@Nullable String> cutAt = new AtomicReference<>();
    private volatile CompletableFuture<Held> held = new CompletableFuture<>();
    private volatile boolean refuseWhenCut;
    private volatile boolean refusing;

    public LateProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept, "late-proxy");
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many connections have been made. */
    public int accepted() {
        return accepted.get();
    }

    /** The next packet that contains {@code text} is kept back, and its client is cut off. */
    public void cutAt(String text) {
        held = new CompletableFuture<>();
        cutAt.set(text);
    }

    /** As {@link #cutAt}, and from then on no new connection gets through until {@link #admit}. */
    public void cutOffAt(String text) {
        refuseWhenCut = true;
        cutAt(text);
    }

    public void admit() {
        refuseWhenCut = false;
        refusing = false;
    }

    /** Delivers the packet that was kept back; returns when the server has executed it. */
    public void deliver() throws Exception {
        Held late = held.get(10, TimeUnit.SECONDS);
        OutputStream out = late.server().getOutputStream();
        out.write(late.packet());
        out.write(QUIT); // the server executes what came before, then closes
        out.flush();
        late.ended().get(10, TimeUnit.SECONDS);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                accepted.incrementAndGet();
                if (refusing) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(host, port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                CompletableFuture<Void> ended = new CompletableFuture<>();
                start(() -> answers(server, client, ended), "late-proxy-answers");
                start(() -> packets(client, server, ended), "late-proxy-packets");
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void packets(Socket client, Socket server, CompletableFuture<Void> ended) {
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = server.getOutputStream();
            while (true) {
                byte[] header = in.readNBytes(4);
                if (header.length < 4) {
                    server.close();
                    return;
                }
                int length = (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
                byte[] packet = new byte[4 + length];
                System.arraycopy(header, 0, packet, 0, 4);
                in.readFully(packet, 4, length);
                String text = cutAt.get();
                if (text != null
                        && new String(packet, StandardCharsets.ISO_8859_1).contains(text)
                        && cutAt.compareAndSet(text, null)) {
                    refusing = refuseWhenCut;
                    held.complete(new Held(server, packet, ended));
                    client.close();
                    return;
                }
                out.write(packet);
                out.flush();
            }
        } catch (IOException e) {
            close(server); // the client or the server is gone
        }
    }

    private static void answers(Socket server, Socket client, CompletableFuture<Void> ended) {
        try {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!client.isClosed()) {
                    client.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            close(server); // one of the two is gone
        } finally {
            close(client);
            ended.complete(null);
        }
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(LateProxy::close);
    }
}
