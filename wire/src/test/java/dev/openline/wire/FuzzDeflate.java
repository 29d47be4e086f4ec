package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Messages of any content from one of our ends to the other, compressed as eagerly as can be, under any agreement. They arrive as they
 * were said, and a compressor never refers further back than agreed, by the word of a reader that goes bit by bit.
 *
 * <p>An input is a byte for the window and takeover, one for level and context, one for the length of each message, and what
 * they say.
 */
public final class FuzzDeflate {
    private FuzzDeflate() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 3) {
            return;
        }
        ContextTakeover takeover = (input[0] & 8) == 0 ? ContextTakeover.NO : ContextTakeover.YES;
        int bits = 8 + (input[0] & 7);
        int length = 1 + (input[2] & 0xff) * 4;
        DeflateParameters agreed = Deflating.windows(takeover, bits);
        DeflateOptions options =
                Deflating.EAGER.withLevel(1 + (input[1] & 0xff) % 9).withContextBytes(1 + (input[1] & 0xff) * 128);
        Wire from = Deflating.wire(Role.SERVER, agreed, options, WireLimits.DEFAULT);
        Wire to = Deflating.wire(Role.CLIENT, agreed, options.withMaxRatio(1_100, 1 << 10), WireLimits.DEFAULT);
        Recorder heard = new Recorder(Role.CLIENT);
        NaiveInflater naive = new NaiveInflater();
        for (int at = 3; at < input.length; at += length) {
            byte[] message = Arrays.copyOfRange(input, at, Math.min(input.length, at + length));
            byte[] frame = Deflating.sent(from, MessageKind.BINARY, message);
            boolean compressed = (frame[0] & Deflating.RSV1) != 0;
            if (takeover == ContextTakeover.NO) {
                naive = new NaiveInflater();
            }
            if (compressed) {
                require(Arrays.equals(message, naive.message(payload(frame))), "not what a plain reader reads");
                require(naive.farthest() <= 1 << bits, "refers " + naive.farthest() + " bytes back");
            }
            to.receive(ByteBuffer.wrap(frame), 0, heard);
            List<WireEvent> events = heard.take();
            require(events.equals(List.of(WireEvent.binary(Hex.of(message)))), "heard " + events);
        }
    }

    private static byte[] payload(byte[] frame) {
        return Arrays.copyOfRange(frame, (frame[1] & 0x7f) < 126 ? 2 : 4, frame.length);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
