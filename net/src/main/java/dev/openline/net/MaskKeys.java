package dev.openline.net;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.IntSupplier;

/**
 * Fresh masking keys from a strong source, one per frame (RFC 6455 §10.3): a predictable key would let a page write chosen bytes
 * onto the network. Drawn {@value #BATCH} at a time, because asking the source for four bytes costs more than framing a message.
 */
final class MaskKeys implements IntSupplier {
    private static final int BATCH = 256;
    private static final SecureRandom SOURCE = new SecureRandom();
    private static final FastThreadLocal<MaskKeys> KEYS = new FastThreadLocal<>() {
        @Override
        protected MaskKeys initialValue() {
            return new MaskKeys();
        }
    };

    private final byte[] bytes = new byte[BATCH * Integer.BYTES];
    private final ByteBuffer keys = ByteBuffer.wrap(bytes).limit(0);

    private MaskKeys() {}

    /** The keys of this thread. */
    static MaskKeys here() {
        return KEYS.get();
    }

    @Override
    public int getAsInt() {
        if (!keys.hasRemaining()) {
            SOURCE.nextBytes(bytes);
            keys.clear();
        }
        return keys.getInt();
    }

    /** Sixteen fresh bytes for {@code Sec-WebSocket-Key} (RFC 6455 §4.1). */
    static byte[] nonce() {
        byte[] nonce = new byte[16];
        SOURCE.nextBytes(nonce);
        return nonce;
    }
}
