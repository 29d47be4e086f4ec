package dev.openline.verify;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.wire.CloseStatus;
import java.nio.ByteBuffer;

/** Hears what our own end of a line hears, on either side. */
class OpenlineEar implements WebSocketHandler {
    final Ear ear = new Ear();

    @Override
    public void onText(WebSocket line, String text) {
        ear.hear(new Event.Text(text));
    }

    @Override
    public void onBinary(WebSocket line, ByteBuffer data) {
        ear.hear(Event.Binary.copyOf(data));
    }

    @Override
    public void onPong(WebSocket line, ByteBuffer payload) {
        ear.hear(Event.Pong.copyOf(payload));
    }

    @Override
    public void onClosed(WebSocket line, CloseStatus status) {
        ear.hear(new Event.Closed(status.code(), status.reason()));
    }
}
