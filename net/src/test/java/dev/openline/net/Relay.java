package dev.openline.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Passes the bytes of one connection on, and keeps those that the server sent. */
final class Relay implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();

    Relay(int target) throws IOException {
        Thread there = new Thread(() -> {
            try (Socket peer = listening.accept();
                    Socket server = new Socket("127.0.0.1", target)) {
                Thread back = new Thread(() -> pass(server, peer, answered));
                back.start();
                pass(peer, server, OutputStream.nullOutputStream());
                back.join();
            } catch (IOException | InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        there.setDaemon(true);
        there.start();
    }

    /** What the peer gets is kept before it is sent. */
    private static void pass(Socket from, Socket to, OutputStream copy) {
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = from.getInputStream()) {
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                copy.write(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            // so is the relay
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    ByteArrayOutputStream answered() {
        return answered;
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
