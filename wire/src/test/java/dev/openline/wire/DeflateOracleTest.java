package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jzlib.JZlib;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What other compressors make of random messages, in blocks that end anywhere, in frames cut anywhere, in reads cut anywhere, must arrive
 * as it was said; and so must what two of our own ends say to each other. The seed of a failing run is in its message.
 */
@DisplayName("compressed messages arrive as they were said")
class DeflateOracleTest {
    private static final long FIRST_SEED = 1;
    private static final int RUNS = 100;

    @ParameterizedTest
    @EnumSource(Role.class)
    void fromOtherCompressorsHoweverTheyAreCut(Role reader) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            Random random = new Random(seed);
            ContextTakeover takeover = random.nextBoolean() ? ContextTakeover.YES : ContextTakeover.NO;
            int bits = 9 + random.nextInt(7);
            Peer peer = random.nextBoolean() ? new Zlib(random) : new JzlibPeer(random, bits);
            DeflateParameters agreed = Deflating.windows(takeover, peer instanceof Zlib ? 15 : bits);
            PeerBytes stream = PeerBytes.to(reader);
            List<WireEvent> said = new ArrayList<>();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                say(message(random), peer, takeover, random, stream, said);
            }
            List<byte[]> reads = cut(stream.bytes(), 1 + random.nextInt(3_000), random);
            assertThat(Feed.feed(reader, Deflating.wire(reader, agreed), reads, random.nextBoolean()))
                    .as("seed %d, read by a %s, %s", seed, reader, agreed)
                    .isEqualTo(said);
            peer.end();
        }
    }

    static Stream<Arguments> everyAgreement() {
        return Stream.of(ContextTakeover.values())
                .flatMap(takeover -> Stream.of(8, 9, 10, 11, 12, 13, 14, 15).map(bits -> Arguments.of(takeover, bits)));
    }

    @ParameterizedTest
    @MethodSource("everyAgreement")
    void betweenTwoOfOurEnds(ContextTakeover takeover, int bits) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 12; seed++) {
            Random random = new Random(seed);
            DeflateParameters agreed = Deflating.windows(takeover, bits);
            DeflateOptions options =
                    Deflating.EAGER.withLevel(1 + random.nextInt(9)).withContextBytes(1 + random.nextInt(32 << 10));
            Role sender = random.nextBoolean() ? Role.SERVER : Role.CLIENT;
            Wire from = Deflating.wire(sender, agreed, options, WireLimits.DEFAULT);
            Wire to = Deflating.wire(sender.peer(), agreed, options, WireLimits.DEFAULT);
            Recorder heard = new Recorder(sender.peer());
            for (int i = 0; i < 8; i++) {
                byte[] message = message(random);
                byte[] sent = Deflating.sent(from, MessageKind.BINARY, message);
                to.receive(ByteBuffer.wrap(sent), 0, heard);
                assertThat(heard.take())
                        .as("seed %d, message %d", seed, i)
                        .containsExactly(WireEvent.binary(Hex.of(message)));
            }
        }
    }

    /** Sizes and fragment sizes as Autobahn|Testsuite has them in its cases 12.x and 13.x, with payloads of our own. */
    @ParameterizedTest
    @MethodSource("everyAgreement")
    void inAllSizesAndFragmentSizes(ContextTakeover takeover, int bits) {
        Random random = new Random(bits);
        for (int size : new int[] {16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072}) {
            for (int fragment : new int[] {0, 256, 4_096}) {
                Wire from = Deflating.wire(Role.SERVER, Deflating.windows(takeover, bits));
                Wire to = Deflating.wire(Role.CLIENT, Deflating.windows(takeover, bits));
                Recorder heard = new Recorder(Role.CLIENT);
                for (int i = 0; i < 2; i++) {
                    byte[] message = json(random, size).getBytes(StandardCharsets.US_ASCII);
                    byte[] sent = Deflating.sent(from, MessageKind.TEXT, message);
                    to.receive(ByteBuffer.wrap(refragmented(sent, fragment)), 0, heard);
                    assertThat(heard.take())
                            .as("%d bytes in fragments of %d", size, fragment)
                            .containsExactly(WireEvent.text(new String(message, StandardCharsets.US_ASCII)));
                }
            }
        }
    }

    private static byte[] refragmented(byte[] frame, int size) {
        byte[] payload = DeflatingTest.payload(Role.SERVER, frame);
        if (size == 0 || payload.length <= size) {
            return frame;
        }
        PeerBytes stream = PeerBytes.to(Role.CLIENT);
        for (int at = 0; at < payload.length; at += size) {
            int end = Math.min(payload.length, at + size);
            int first = at == 0 ? frame[0] & 0x7f : 0;
            stream.frame(first | (end == payload.length ? 0x80 : 0), Arrays.copyOfRange(payload, at, end));
        }
        return stream.bytes();
    }

    // More than 4 parameters because they are all that one run consists of.
    private static void say(
            byte[] message,
            Peer peer,
            ContextTakeover takeover,
            Random random,
            PeerBytes stream,
            List<WireEvent> said) {
        boolean plain = random.nextInt(5) == 0;
        byte[] payload = plain ? message : peer.compress(message, takeover);
        List<byte[]> frames = cut(payload, 1 + random.nextInt(payload.length + 1), random);
        if (frames.size() > 900) {
            frames = List.of(payload);
        }
        for (int i = 0; i < frames.size(); i++) {
            int first = i > 0 ? 0 : plain ? 2 : 0x42;
            stream.frame(first | (i == frames.size() - 1 ? 0x80 : 0), frames.get(i));
        }
        said.add(WireEvent.binary(Hex.of(message)));
    }

    private static byte[] message(Random random) {
        int length = 1 << random.nextInt(16);
        length += random.nextInt(length);
        byte[] bytes = new byte[length];
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> Arrays.fill(bytes, (byte) random.nextInt(256));
            case 2 -> bytes = json(random, length).getBytes(StandardCharsets.US_ASCII);
            default -> {
                byte[] piece = new byte[1 + random.nextInt(600)];
                random.nextBytes(piece);
                for (int i = 0; i < length; i++) {
                    bytes[i] = piece[i % piece.length];
                }
            }
        }
        return bytes;
    }

    private static String json(Random random, int length) {
        StringBuilder json = new StringBuilder("[");
        while (json.length() < length) {
            json.append("{\"id\":")
                    .append(random.nextInt(100_000))
                    .append(",\"name\":\"user-")
                    .append(random.nextInt(900))
                    .append("\",\"online\":")
                    .append(random.nextBoolean())
                    .append("},");
        }
        return json.substring(0, length);
    }

    private static List<byte[]> cut(byte[] bytes, int atMost, Random random) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(atMost));
            parts.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return parts;
    }

    /** Somebody else's compressor, that flushes where it likes. */
    private interface Peer {
        byte[] compress(byte[] message, ContextTakeover takeover);

        void end();
    }

    private record Zlib(Random random, Deflater deflater) implements Peer {
        Zlib(Random random) {
            this(random, new Deflater(random.nextInt(10), true));
        }

        @Override
        public byte[] compress(byte[] message, ContextTakeover takeover) {
            if (takeover == ContextTakeover.NO) {
                deflater.reset();
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] out = new byte[message.length + 1_000];
            List<byte[]> parts = cut(message, message.length, random);
            for (byte[] part : parts) {
                deflater.setInput(part);
                int flush = random.nextBoolean() ? Deflater.SYNC_FLUSH : Deflater.FULL_FLUSH;
                all.write(out, 0, deflater.deflate(out, 0, out.length, flush));
            }
            return Arrays.copyOf(all.toByteArray(), all.size() - 4);
        }

        @Override
        public void end() {
            deflater.end();
        }
    }

    private record JzlibPeer(Random random, com.jcraft.jzlib.Deflater deflater) implements Peer {
        JzlibPeer(Random random, int bits) {
            this(random, made(1 + random.nextInt(9), bits));
        }

        private static com.jcraft.jzlib.Deflater made(int level, int bits) {
            try {
                return new com.jcraft.jzlib.Deflater(level, bits, 8, JZlib.W_NONE);
            } catch (com.jcraft.jzlib.GZIPException refused) {
                throw new AssertionError(refused);
            }
        }

        @Override
        public byte[] compress(byte[] message, ContextTakeover takeover) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] out = new byte[message.length * 2 + 1_000];
            List<byte[]> parts = cut(message, message.length, random);
            for (int i = 0; i < parts.size(); i++) {
                byte[] part = parts.get(i);
                boolean forget = takeover == ContextTakeover.NO && i == parts.size() - 1;
                deflater.setInput(part, 0, part.length, false);
                deflater.setOutput(out, 0, out.length);
                assertThat(deflater.deflate(forget ? JZlib.Z_FULL_FLUSH : JZlib.Z_SYNC_FLUSH))
                        .isZero();
                all.write(out, 0, out.length - deflater.getAvailOut());
            }
            return Arrays.copyOf(all.toByteArray(), all.size() - 4);
        }

        @Override
        public void end() {
            deflater.end();
        }
    }
}
