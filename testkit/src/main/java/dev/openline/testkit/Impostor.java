package dev.openline.testkit;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Somebody who may not come in, and has all glued into one frame that it would do inside. */
final class Impostor implements WebSocketHandler {
    static final String NAME = "impostor";

    private static final String FRAME = "{\"id\":1,\"connect\":{\"data\":\"" + NAME + "\"}}\n"
            + "{\"id\":2,\"publish\":{\"channel\":\"log:a\",\"data\":\"" + NAME + ":1\"}}\n"
            + "{\"id\":3,\"subscribe\":{\"channel\":\"log:a\"}}";

    static void comes(Host host, Host backend) {
        WebSocketClient.create(o -> o.loops(host.loops())).dial(backend.uri(Simulation.PORT), new Impostor());
    }

    @Override
    public void onOpen(WebSocket line) {
        line.send(MessageKind.TEXT, ByteBuffer.wrap(FRAME.getBytes(StandardCharsets.UTF_8)));
    }
}
