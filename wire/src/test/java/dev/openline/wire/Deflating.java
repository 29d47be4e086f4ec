package dev.openline.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Wires that agreed on permessage-deflate, and compressed bytes as a peer's zlib makes them. */
final class Deflating {
    static final int RSV1 = 0x40;

    static final DeflateParameters ALONE =
            new DeflateParameters(DeflateContext.NO_TAKEOVER, DeflateContext.NO_TAKEOVER);
    static final DeflateParameters TAKING_OVER =
            new DeflateParameters(DeflateContext.TAKEOVER, DeflateContext.TAKEOVER);

    /** Compresses everything, however short, and with all the context there can be. */
    static final DeflateOptions EAGER =
            DeflateOptions.DEFAULT.withThresholdBytes(0).withContextBytes(32 << 10);

    private static final DeflateCodecs CODECS = new DeflateCodecs();

    private Deflating() {}

    static Wire wire(Role role, DeflateParameters agreed) {
        return wire(role, agreed, EAGER, WireLimits.DEFAULT);
    }

    static Wire wire(Role role, DeflateParameters agreed, DeflateOptions options, WireLimits limits) {
        PerMessageDeflate deflate = new PerMessageDeflate(role, agreed, options, CODECS);
        return new Wire(role, limits, WireTiming.DEFAULT, deflate, () -> 0xa1b2c3d4, 0);
    }

    static DeflateParameters windows(ContextTakeover takeover, int bits) {
        DeflateContext context = new DeflateContext(takeover, bits);
        return new DeflateParameters(context, context);
    }

    static byte[] deflated(String text) {
        return deflated(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A message that stands for itself. */
    static byte[] deflated(byte[] message) {
        Deflater deflater = new Deflater(6, true);
        try {
            return deflated(deflater, message);
        } finally {
            deflater.end();
        }
    }

    /** A message in the context of those before it. */
    static byte[] deflated(Deflater deflater, byte[] message) {
        deflater.setInput(message);
        byte[] out = new byte[message.length * 2 + 64];
        int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        return message.length == 0 ? new byte[1] : Arrays.copyOf(out, size - 4);
    }

    /** Sends a message as {@link Wire} is meant to be asked: compressed if that makes it shorter. */
    static byte[] sent(Wire wire, MessageKind kind, byte[] message) {
        ByteBuffer payload = ByteBuffer.wrap(message);
        ByteBuffer out = ByteBuffer.allocate(message.length + 64);
        ByteBuffer compressed = wire.deflate().compress(payload);
        if (compressed == null) {
            wire.write(kind, payload, out);
        } else {
            wire.writeCompressed(kind, payload, compressed, out);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
