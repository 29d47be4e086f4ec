package dev.openline.wire;

import java.nio.ByteBuffer;

/** Passes everything on; a test overrides the one thing it is about. */
class ForwardingSink implements WireSink {
    private final WireSink to;

    ForwardingSink(WireSink to) {
        this.to = to;
    }

    @Override
    public void onMessage(MessageKind kind, ByteBuffer payload) {
        to.onMessage(kind, payload);
    }

    @Override
    public void onPing(ByteBuffer payload) {
        to.onPing(payload);
    }

    @Override
    public void onPong(ByteBuffer payload) {
        to.onPong(payload);
    }

    @Override
    public void transmit(ByteBuffer frame) {
        to.transmit(frame);
    }

    @Override
    public void onClosed(CloseStatus status) {
        to.onClosed(status);
    }

    @Override
    public void onViolation(ProtocolViolation violation) {
        to.onViolation(violation);
    }

    @Override
    public void hangUp() {
        to.hangUp();
    }
}
