package dev.openline.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries TCP connections to a port of this machine, until it is told to lose them. */
final class Tunnel implements AutoCloseable {
    private final ServerSocket entrance;
    private final int exit;
    private final Set<Carried> carried = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    Tunnel(int exit) throws IOException {
        this.exit = exit;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("tunnel", this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Connections so far. */
    int connections() {
        return connections.get();
    }

    /** Resets all connections, as a machine that lost power and came back. */
    void cut() {
        carried.forEach(Carried::cut);
    }

    /** From now on swallows what the present connections carry, as a train in a tunnel: nobody is told. */
    void freeze() {
        carried.forEach(connection -> connection.frozen = true);
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = entrance.accept();
                connections.incrementAndGet();
                Carried connection = new Carried(near, new Socket(InetAddress.getLoopbackAddress(), exit));
                carried.add(connection);
                start("up", () -> connection.pump(connection.near, connection.far));
                start("down", () -> connection.pump(connection.far, connection.near));
            }
        } catch (IOException over) {
            // The test is over, or the server is.
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private final class Carried {
        private final Socket near;
        private final Socket far;
        private volatile boolean frozen;

        Carried(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        private void pump(Socket from, Socket to) {
            byte[] bytes = new byte[4096];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    if (!frozen) out.write(bytes, 0, count);
                }
                if (!frozen) cut();
            } catch (IOException over) {
                cut();
            }
        }

        void cut() {
            carried.remove(this);
            reset(near);
            reset(far);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException closed) {
            // As wanted.
        }
    }
}
