package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Frames from a peer who says whatever the fuzzer likes, read in both roles. The wire must hear what {@link NaiveReader}
 * hears, the same for every way the bytes are cut; never throw; hold no more than its bound; and end once.
 *
 * <p>An input is a byte of choices (who reads, which limits, whether a tap listens), a seed for the cuts, and the stream.
 */
public final class FuzzFrames {
    private static final WireLimits[] LIMITS = {
        new WireLimits(200, 300, 4), new WireLimits(125, 125, 1), new WireLimits(70_000, 100_000, 1000)
    };

    private FuzzFrames() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        Role reader = (input[0] & 1) == 0 ? Role.SERVER : Role.CLIENT;
        WireLimits limits = LIMITS[(input[0] >> 1 & 3) % LIMITS.length];
        boolean tapped = (input[0] & 8) != 0;
        byte[] stream = Arrays.copyOfRange(input, 2, input.length);
        List<WireEvent> expected = NaiveReader.read(reader, limits, stream);
        List<WireEvent> whole = heard(reader, limits, List.of(stream), tapped);
        requireSame(expected, withoutWords(whole), "another reader");
        requireSame(whole, heard(reader, limits, cut(stream, new Random(input[1])), tapped), "cut");
    }

    private static List<WireEvent> heard(Role reader, WireLimits limits, List<byte[]> parts, boolean tapped) {
        Recorder recorder = new Recorder(reader);
        Wire wire = Feed.wire(reader, limits);
        if (tapped) {
            wire.tap(new Listening());
        }
        Blocks blocks = new Blocks();
        wire.memory(blocks);
        int received = 0;
        for (byte[] part : parts) {
            wire.receive(ByteBuffer.wrap(part.clone()), 0, recorder);
            received += part.length;
            int times = received < MessageAssembly.LARGE ? 2 : MessageAssembly.LARGE_GROWTH;
            int bound = Math.max(64, times * Math.min(received, limits.maxMessageBytes()));
            if (wire.heldBytes() > bound) {
                throw new AssertionError(wire.heldBytes() + " bytes held after " + received);
            }
        }
        List<WireEvent> events = recorder.take();
        requireOrderly(events);
        wire.endOfStream(0, recorder);
        List<WireEvent> ending = recorder.take();
        long closed = count(events, WireEvent.Closed.class) + count(ending, WireEvent.Closed.class);
        long hungUp = count(events, WireEvent.HungUp.class) + count(ending, WireEvent.HungUp.class);
        if (closed != 1 || hungUp != 1 || wire.heldBytes() != 0) {
            throw new AssertionError("not ended once: " + events + ending + ", " + wire.heldBytes() + " bytes held");
        }
        if (blocks.out != 0) {
            throw new AssertionError(blocks.out + " blocks of memory were not given back");
        }
        return events;
    }

    /** After the end nothing is heard, and nothing is sent after our Close. */
    private static void requireOrderly(List<WireEvent> events) {
        boolean over = false;
        boolean saidClose = false;
        for (WireEvent event : events) {
            boolean last = event instanceof WireEvent.HungUp;
            if (over && !last || saidClose && event instanceof WireEvent.Sent) {
                throw new AssertionError("after the end: " + events);
            }
            over |= event instanceof WireEvent.Closed;
            saidClose |= event instanceof WireEvent.Sent && ((WireEvent.Sent) event).type() == FrameType.CLOSE;
        }
    }

    private static long count(List<WireEvent> events, Class<? extends WireEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    /** The naive reader ends with a violation and knows only its code. */
    private static List<WireEvent> withoutWords(List<WireEvent> events) {
        List<WireEvent> cut = new ArrayList<>();
        for (WireEvent event : events) {
            if (event instanceof WireEvent.Violation) {
                cut.add(new WireEvent.Violation(((WireEvent.Violation) event).code(), "", ""));
                break;
            }
            cut.add(event);
        }
        return cut;
    }

    private static List<byte[]> cut(byte[] stream, Random random) {
        int longest = 1 + random.nextInt(40);
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(longest));
            parts.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        return parts;
    }

    private static void requireSame(List<WireEvent> one, List<WireEvent> other, String how) {
        if (!one.equals(other)) {
            throw new AssertionError("heard otherwise by " + how + ":\n" + one + "\n" + other);
        }
    }

    /** Makes every preview, and wants none of them to end a line of a log. */
    private static final class Listening implements FrameTap {
        @Override
        public void frameSent(FrameHead head, String payloadPreview) {
            requireOneLine(FrameLine.sent(head, payloadPreview).toString());
        }

        @Override
        public void frameReceived(FrameHead head, String payloadPreview) {
            requireOneLine(FrameLine.received(head, payloadPreview).toString());
        }

        private static void requireOneLine(String line) {
            if (line.chars().anyMatch(Character::isISOControl) || line.length() > 1000) {
                throw new AssertionError("not one harmless line: " + line);
            }
        }
    }

    /** Counts the blocks that are out; none may be given back twice, or read afterwards. */
    private static final class Blocks implements MessageMemory {
        private int out;

        @Override
        public Block take(int bytes) {
            out++;
            Block block = HEAP.take(bytes);
            return new Block() {
                private boolean released;

                @Override
                public ByteBuffer bytes() {
                    return block.bytes();
                }

                @Override
                public void release() {
                    if (released) {
                        throw new AssertionError("a block of memory was given back twice");
                    }
                    released = true;
                    out--;
                    Arrays.fill(block.bytes().array(), (byte) 0xee);
                }
            };
        }
    }
}
