package dev.openline.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on this machine: CONNECT or SOCKS 5, well-behaved or not. Every name leads to this machine. */
final class SmallProxy implements AutoCloseable {
    /** What is done with one connection. */
    interface Manner {
        void serve(SmallProxy proxy, Socket client, DataInputStream in) throws IOException;
    }

    private final ServerSocket listening;
    private final Manner manner;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** What clients asked for, one line each. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    SmallProxy(Manner manner) throws IOException {
        this.manner = manner;
        this.listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::acceptAll);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Cuts the connections it carries. */
    void cut() {
        sockets.forEach(SmallProxy::close);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }

    // --- manners ---

    /** CONNECT; with a user and password when these aren't null, as Basic wants them. */
    static Manner connect(String credentials) {
        return (proxy, client, in) -> {
            String head = head(in);
            proxy.asked.add(head.lines().findFirst().orElseThrow());
            if (credentials != null && !head.contains("\r\nproxy-authorization: Basic " + credentials + "\r\n")) {
                say(
                        client,
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                                + "Content-Length: 6\r\n\r\nsorry\n");
                return;
            }
            String[] target = head.split(" ", 3)[1].split(":", 2);
            Socket server = proxy.connected(Integer.parseInt(target[1]));
            say(client, "HTTP/1.1 200 Connection established\r\nVia: 1.1 small\r\n\r\n");
            proxy.carry(client, in, server);
        };
    }

    /** SOCKS 5 (RFC 1928); with user and password (RFC 1929) when {@code user} isn't null. */
    static Manner socks5(String user, String password) {
        return (proxy, client, in) -> {
            OutputStream out = client.getOutputStream();
            in.readUnsignedByte();
            byte[] methods = in.readNBytes(in.readUnsignedByte());
            int wanted = user == null ? 0 : 2;
            boolean offered = new String(methods, StandardCharsets.ISO_8859_1).indexOf(wanted) >= 0;
            out.write(new byte[] {5, (byte) (offered ? wanted : 0xff)});
            if (!offered) return;
            if (user != null) {
                in.readUnsignedByte();
                boolean right = text(in).equals(user) & text(in).equals(password);
                out.write(new byte[] {1, (byte) (right ? 0 : 1)});
                if (!right) return;
            }
            byte[] request = in.readNBytes(4);
            String host = request[3] == 3
                    ? text(in)
                    : InetAddress.getByAddress(in.readNBytes(request[3] == 1 ? 4 : 16))
                            .getHostAddress();
            int port = in.readUnsignedShort();
            proxy.asked.add((request[3] == 3 ? "name " : "address ") + host + ":" + port);
            Socket server;
            try {
                server = proxy.connected(port);
            } catch (IOException refused) {
                out.write(new byte[] {5, 5, 0, 1, 0, 0, 0, 0, 0, 0});
                return;
            }
            out.write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 80});
            proxy.carry(client, in, server);
        };
    }

    /** Reads and says this, whatever it is asked. */
    static Manner saying(String answer) {
        return (proxy, client, in) -> {
            in.readUnsignedByte();
            proxy.asked.add("something");
            say(client, answer);
            in.readAllBytes();
        };
    }

    /** Hears what it is asked, and then nothing happens. */
    static Manner hanging() {
        return (proxy, client, in) -> {
            proxy.asked.add("something");
            in.readAllBytes();
        };
    }

    /** Hears the first byte and hangs up. */
    static Manner hangingUp() {
        return (proxy, client, in) -> in.readUnsignedByte();
    }

    // --- carrying ---

    private void acceptAll() throws IOException {
        while (true) {
            Socket client = listening.accept();
            client.setTcpNoDelay(true);
            sockets.add(client);
            start(() -> {
                try (client) {
                    manner.serve(this, client, new DataInputStream(client.getInputStream()));
                }
            });
        }
    }

    private Socket connected(int port) throws IOException {
        Socket server = new Socket("127.0.0.1", port);
        server.setTcpNoDelay(true);
        sockets.add(server);
        return server;
    }

    private void carry(Socket client, InputStream fromClient, Socket server) throws IOException {
        start(() -> {
            try (server) {
                server.getInputStream().transferTo(client.getOutputStream());
                client.shutdownOutput();
            }
        });
        try (server) {
            fromClient.transferTo(server.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException over) {
                        // The test is over, or one of the sides.
                    }
                },
                "small-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // As wanted.
        }
    }

    private static void say(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
    }

    private static String head(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.readUnsignedByte());
        return head.toString();
    }
}
