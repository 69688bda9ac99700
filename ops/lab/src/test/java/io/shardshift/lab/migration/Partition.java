package io.shardshift.lab.migration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to ZooKeeper that can be cut: connections end, new ones are refused, and the server lets the session expire. */
final class Partition implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final String host;
    private final int port;
    private volatile boolean cut;

    /** @param connectString of one server, host:port */
    Partition(String connectString) throws IOException {
        int colon = connectString.lastIndexOf(':');
        host = connectString.substring(0, colon);
        port = Integer.parseInt(connectString.substring(colon + 1));
        daemon(this::accept);
    }

    String connectString() {
        return listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "partition");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(host, port);
                sockets.add(client);
                sockets.add(server);
                daemon(() -> relay(client, server));
                daemon(() -> relay(server, client));
            } catch (IOException e) {
                closeAll(); // closed by the test, or no server: who is connected sees its connection end
            }
        }
    }

    private void relay(Socket from, Socket to) {
        byte[] bytes = new byte[8_192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(bytes); n >= 0 && !cut; n = in.read(bytes)) {
                out.write(bytes, 0, n);
            }
        } catch (IOException e) {
            sockets.remove(from); // ended by the other side or by cut(): that is what this class is for
        }
    }

    void cut() {
        cut = true;
        closeAll();
    }

    void heal() {
        cut = false;
    }

    private void closeAll() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException("a socket cannot be closed", e);
            }
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
