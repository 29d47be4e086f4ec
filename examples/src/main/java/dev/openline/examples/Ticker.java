package dev.openline.examples;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import java.net.URI;

/** Prints what any WebSocket server says, over as many redials as it takes. */
public final class Ticker implements WebSocketHandler {
    public static void main(String[] args) throws Exception {
        var address = URI.create(System.getProperty("address", "ws://localhost:9001/"));
        try (var client = WebSocketClient.create(o -> {});
                var line = client.keepOpen(address, new Ticker(), o -> o.onStatus(System.err::println))) {
            line.ended().toCompletableFuture().get();
        }
    }

    @Override
    public void onText(WebSocket line, String text) {
        System.out.println(text);
    }
}
