package dev.openline.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a server sends to everybody on one channel, as it came to whoever had it first: whoever keeps up gets the very same bytes, so those need only be compared.
 */
final class PushStream {
    private byte[] bytes = new byte[1 << 20];
    private int length;

    /** Where each publication ends by its number. */
    private int[] ends = new int[1 << 16];

    private int publications;
    private final Numbers frames = new Numbers();

    /** How many publications there are. */
    int publications() {
        return publications;
    }

    /** Where a publication ends, which is counted from 1. */
    int end(int publication) {
        return ends[publication];
    }

    int length() {
        return length;
    }

    /** Whether these are the bytes that stand there; further ones are not looked at. */
    boolean matches(int position, ByteBuffer in) {
        int known = Math.min(in.remaining(), length - position);
        return known <= 0 || ByteBuffer.wrap(bytes, position, known).mismatch(in.slice(in.position(), known)) < 0;
    }

    /** The bytes from one position to another. */
    ByteBuffer since(int from, int to) {
        return ByteBuffer.wrap(bytes, from, to - from);
    }

    /** Appends what nobody had before. */
    void append(ByteBuffer in) {
        int more = in.remaining();
        if (length + more > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        int base = length;
        frames.parse(in.duplicate(), (number, position) -> {
            if (number != publications + 1)
                throw new IllegalStateException("after publication " + publications + " came " + number);
            publications++;
            if (publications >= ends.length) ends = Arrays.copyOf(ends, 2 * ends.length);
            ends[publications] = base + position;
        });
        in.get(bytes, length, more);
        length += more;
    }

    /** Finds the numbers of publications in a server's frames, wherever reads cut them. */
    static final class Numbers {
        private static final byte[] NUMBER = "\"n\":".getBytes(StandardCharsets.US_ASCII);

        interface Sink {
            /** @param position where the publication's frame ends, counted from the beginning of what was read just now */
            void publication(long number, int position);
        }

        private final byte[] head = new byte[10];
        private int headRead;
        private int headNeeded = 2;
        private long left;
        private boolean inPayload;
        private int matched;
        private long number;
        private boolean inNumber;
        private final long[] found = new long[4096];
        private int foundCount;

        void parse(ByteBuffer in, Sink sink) {
            int start = in.position();
            while (in.hasRemaining()) {
                if (!inPayload) head(in.get());
                else payload(in);
                if (!inPayload || left > 0) continue;
                endNumber();
                for (int i = 0; i < foundCount; i++) sink.publication(found[i], in.position() - start);
                foundCount = 0;
                matched = 0;
                headRead = 0;
                headNeeded = 2;
                inPayload = false;
            }
        }

        private void head(byte next) {
            head[headRead++] = next;
            if (headRead == 2) headNeeded = (next & 127) < 126 ? 2 : (next & 127) == 126 ? 4 : 10;
            if (headRead < headNeeded) return;
            ByteBuffer length = ByteBuffer.wrap(head);
            left = headNeeded == 2 ? head[1] & 127 : headNeeded == 4 ? length.getShort(2) & 0xffff : length.getLong(2);
            inPayload = true;
        }

        private void payload(ByteBuffer in) {
            for (; in.hasRemaining() && left > 0; left--) {
                byte next = in.get();
                if (inNumber) {
                    if (next >= '0' && next <= '9') number = 10 * number + next - '0';
                    else endNumber();
                } else if (next == NUMBER[matched]) {
                    if (++matched < NUMBER.length) continue;
                    matched = 0;
                    inNumber = true;
                } else {
                    matched = next == NUMBER[0] ? 1 : 0;
                }
            }
        }

        private void endNumber() {
            if (inNumber) found[foundCount++] = number;
            inNumber = false;
            number = 0;
        }
    }
}
