package dev.openline.net;

import dev.openline.wire.DeflateCodecs;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * The compressors of the loop that runs this code, made at its first compressed message. Its lines share them; their native memory is
 * given back when the loop ends.
 */
final class LoopCodecs {
    private static final FastThreadLocal<DeflateCodecs> CODECS = new FastThreadLocal<>() {
        @Override
        protected DeflateCodecs initialValue() {
            return new DeflateCodecs();
        }

        @Override
        protected void onRemoval(DeflateCodecs codecs) {
            codecs.close();
        }
    };

    private LoopCodecs() {}

    static DeflateCodecs here() {
        return CODECS.get();
    }
}
