package dev.openline.bench;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Messages compressed as permessage-deflate wants them, each by itself (RFC 7692 §7.2). */
final class Raw {
    /** What ends a block that is flushed, and goes without saying in a message. */
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private Raw() {}

    static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(plain);
            byte[] out = new byte[plain.length + 64];
            int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
            return Arrays.copyOf(out, bytes - TAIL.length);
        } finally {
            deflater.end();
        }
    }

    /** Up to one byte more than {@code most} of what was compressed; empty if it is broken. */
    static byte[] inflate(byte[] compressed, int most) {
        Inflater inflater = new Inflater(true);
        try {
            byte[] whole = Arrays.copyOf(compressed, compressed.length + TAIL.length);
            System.arraycopy(TAIL, 0, whole, compressed.length, TAIL.length);
            inflater.setInput(whole);
            byte[] out = new byte[most + 1];
            int bytes = 0;
            for (int more = inflater.inflate(out); more > 0; more = inflater.inflate(out, bytes, out.length - bytes))
                bytes += more;
            return Arrays.copyOf(out, bytes);
        } catch (DataFormatException e) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }
}
