package dev.openline.examples;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;

/** A plain WebSocket server, without channels: what comes is sent back. */
public final class EchoServer implements WebSocketHandler {
    public static void main(String[] args) throws Exception {
        int port = Integer.getInteger("port", 9001);
        try (var server = WebSocketServer.listen(o -> o.port(port).webSocket("/", request -> new EchoServer()))) {
            System.out.println("ws://localhost:" + server.port() + "/");
            Thread.currentThread().join();
        }
    }

    @Override
    public void onText(WebSocket line, String text) {
        line.sendText(text);
    }
}
