package dev.openline.verify;

import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hears what the JDK's client hears; it hands messages over in parts, which are put together here. */
final class JdkEar implements WebSocket.Listener {
    final Ear ear = new Ear();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket line, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            ear.hear(new Event.Text(text.toString()));
            text.setLength(0);
        }
        line.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket line, ByteBuffer part, boolean last) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            ear.hear(new Event.Binary(ByteBuffer.wrap(binary.toByteArray())));
            binary.reset();
        }
        line.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket line, ByteBuffer payload) {
        ear.hear(Event.Pong.copyOf(payload));
        line.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket line, int code, String reason) {
        ear.hear(new Event.Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket line, Throwable fault) {
        ear.hear(new Event.Broken(fault.toString()));
    }
}
