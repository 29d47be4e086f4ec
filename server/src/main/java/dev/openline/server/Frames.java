package dev.openline.server;

import dev.openline.net.SharedFrame;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.ServerMessage;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;

/** Messages to clients as WebSocket frames that many lines may share. */
final class Frames {
    private Frames() {}

    static SharedFrame of(ServerMessage message) {
        return SharedFrame.of(MessageKind.TEXT, ByteBuffer.wrap(JsonCodec.encode(message)));
    }
}
