package dev.openline.wire;

import static dev.openline.wire.Deflating.ALONE;
import static dev.openline.wire.Deflating.EAGER;
import static dev.openline.wire.Deflating.TAKING_OVER;
import static dev.openline.wire.Deflating.windows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7692 sending compressed messages")
class DeflatingTest {
    private static final String TEXT = "a message that says the same, says the same, says the same thing often";

    @ParameterizedTest
    @EnumSource(Role.class)
    void isOneFrameWithTheFirstReservedBitAndWithoutTheFlushsEnd(Role sender) {
        byte[] frame = Deflating.sent(Deflating.wire(sender, ALONE), MessageKind.TEXT, utf8(TEXT));
        assertThat(frame[0]).isEqualTo((byte) 0xC1);
        byte[] payload = payload(sender, frame);
        assertThat(payload.length).isLessThan(TEXT.length());
        assertThat(Hex.of(payload)).doesNotEndWith("0000ffff");
        assertThat(new NaiveInflater().message(payload)).isEqualTo(utf8(TEXT));
        assertThat(Deflating.sent(Deflating.wire(sender, ALONE), MessageKind.BINARY, utf8(TEXT))[0])
                .isEqualTo((byte) 0xC2);
    }

    @Test
    void leavesThePayloadAlone() {
        PerMessageDeflate deflate =
                Deflating.wire(Role.SERVER, windows(ContextTakeover.NO, 9)).deflate();
        for (int size : new int[] {100, 200_000}) {
            for (ByteBuffer payload : List.of(ByteBuffer.allocate(size), ByteBuffer.allocateDirect(size))) {
                payload.position(10).limit(size - 10);
                assertThat(deflate.compress(payload.asReadOnlyBuffer())).isNotNull();
                assertThat(deflate.compress(payload)).isNotNull();
                assertThat(payload.position()).isEqualTo(10);
                assertThat(payload.limit()).isEqualTo(size - 10);
            }
        }
    }

    @Test
    void declinesWhatWouldNotBecomeShorter() {
        for (int bits = 8; bits <= 15; bits++) {
            PerMessageDeflate deflate = Deflating.wire(Role.SERVER, windows(ContextTakeover.NO, bits))
                    .deflate();
            for (int size : new int[] {0, 1, 4, 5, 20, 256, 257, 5_000, 300_000}) {
                byte[] noise = new byte[size];
                new Random(size).nextBytes(noise);
                assertThat(deflate.compress(ByteBuffer.wrap(noise)))
                        .as("%d bytes of noise, %d bits", size, bits)
                        .isNull();
            }
            assertThat(deflate.compress(ByteBuffer.wrap(utf8(TEXT))))
                    .as("the next message, %d bits", bits)
                    .isNotNull();
        }
    }

    @Test
    void comparesWithTheThreshold() {
        PerMessageDeflate deflate = Deflating.wire(
                        Role.SERVER, ALONE, DeflateOptions.DEFAULT.withThresholdBytes(100), WireLimits.DEFAULT)
                .deflate();
        assertThat(deflate.compress(ByteBuffer.allocate(99))).isNull();
        assertThat(deflate.compressAlone(ByteBuffer.allocate(99))).isNull();
        assertThat(deflate.compress(ByteBuffer.allocate(100))).isNotNull();
        assertThat(deflate.compressAlone(ByteBuffer.allocate(100))).isNotNull();
    }

    @Nested
    @DisplayName("§7.1.2 windows")
    class Windows {
        /** A message in which everything comes again just within the window, and just beyond it. */
        @ParameterizedTest
        @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
        void neverReferFartherBackThanAgreed(int bits) {
            for (ContextTakeover takeover : ContextTakeover.values()) {
                Wire sender = Deflating.wire(Role.SERVER, windows(takeover, bits));
                NaiveInflater reader = new NaiveInflater();
                int before = 0;
                for (byte[] message : repetitive(bits)) {
                    byte[] frame = Deflating.sent(sender, MessageKind.BINARY, message);
                    if ((frame[0] & 0x40) != 0) {
                        assertThat(reader.message(payload(Role.SERVER, frame))).isEqualTo(message);
                        before++;
                    }
                }
                assertThat(before).as("messages that were compressed").isGreaterThan(2);
                assertThat(reader.farthest()).isLessThanOrEqualTo(1 << bits);
                // And not so little that the window would not be used; zlib's algorithm leaves 262 bytes of it.
                assertThat(reader.farthest()).isGreaterThan(Math.max(128, (1 << bits) - 300));
            }
        }

        @Test
        void areReachedByJzlibsOwnInflaterOfThatSize() throws Exception {
            for (int bits = 9; bits <= 14; bits++) {
                Wire sender = Deflating.wire(Role.CLIENT, windows(ContextTakeover.YES, bits));
                com.jcraft.jzlib.Inflater reader = new com.jcraft.jzlib.Inflater(bits, com.jcraft.jzlib.JZlib.W_NONE);
                for (byte[] message : repetitive(bits)) {
                    byte[] frame = Deflating.sent(sender, MessageKind.BINARY, message);
                    if ((frame[0] & 0x40) != 0) {
                        assertThat(inflated(reader, payload(Role.CLIENT, frame), message.length))
                                .isEqualTo(message);
                    }
                }
            }
        }

        private byte[] inflated(com.jcraft.jzlib.Inflater reader, byte[] payload, int length) {
            byte[] in = Arrays.copyOf(payload, payload.length + 4);
            in[in.length - 1] = -1;
            in[in.length - 2] = -1;
            byte[] out = new byte[length + 1];
            reader.setInput(in);
            reader.setOutput(out);
            assertThat(reader.inflate(com.jcraft.jzlib.JZlib.Z_SYNC_FLUSH)).isZero();
            return Arrays.copyOf(out, out.length - reader.getAvailOut());
        }

        private List<byte[]> repetitive(int bits) {
            int window = 1 << bits;
            Random random = new Random(bits);
            List<byte[]> messages = new ArrayList<>();
            for (int period : new int[] {window / 2 + 10, window - 262, window - 10, window, window + 1, 40}) {
                if (period > 0) {
                    byte[] once = new byte[period];
                    random.nextBytes(once);
                    byte[] message = new byte[window + window / 2 + 700];
                    for (int i = 0; i < message.length; i++) {
                        message[i] = once[i % period];
                    }
                    messages.add(message);
                    messages.add(Arrays.copyOf(message, Math.min(message.length, window / 2 + 20)));
                }
            }
            // Referred to by the next message, if context is taken over: itself, and what came before.
            messages.add(Arrays.copyOf(messages.get(0), window / 3));
            messages.add(Arrays.copyOf(messages.get(0), window / 3));
            return messages;
        }
    }

    @Nested
    @DisplayName("§7.1.1 context takeover")
    class Takeover {
        @ParameterizedTest
        @ValueSource(ints = {9, 12, 15})
        void makesTheNextMessageShorter(int bits) {
            Wire sender = Deflating.wire(Role.SERVER, windows(ContextTakeover.YES, bits));
            byte[] first = Deflating.sent(sender, MessageKind.TEXT, utf8(TEXT));
            byte[] second = Deflating.sent(sender, MessageKind.TEXT, utf8(TEXT));
            assertThat(second.length).isLessThan(first.length / 2);
        }

        @Test
        void withoutItEveryMessageStandsForItself() {
            for (int bits = 8; bits <= 15; bits++) {
                Wire sender = Deflating.wire(Role.SERVER, windows(ContextTakeover.NO, bits));
                for (int i = 0; i < 4; i++) {
                    byte[] message = utf8(TEXT.repeat(20 + i));
                    byte[] payload = payload(Role.SERVER, Deflating.sent(sender, MessageKind.TEXT, message));
                    assertThat(payload.length).isLessThan(message.length);
                    assertThat(new NaiveInflater().message(payload)).isEqualTo(message);
                }
            }
        }

        @Test
        void survivesWhatWasCompressedAndNotSent() {
            Wire sender = Deflating.wire(Role.SERVER, TAKING_OVER);
            NaiveInflater reader = new NaiveInflater();
            reader.message(payload(Role.SERVER, Deflating.sent(sender, MessageKind.TEXT, utf8(TEXT))));
            assertThat(sender.deflate().compress(ByteBuffer.wrap(utf8("lost ".repeat(99)))))
                    .isNotNull();
            byte[] next = Deflating.sent(sender, MessageKind.TEXT, utf8("lost ".repeat(99) + TEXT));
            assertThat(reader.message(payload(Role.SERVER, next))).isEqualTo(utf8("lost ".repeat(99) + TEXT));
        }

        @Test
        void includesMessagesThatWereCompressedForAll() {
            Wire sender = Deflating.wire(Role.SERVER, TAKING_OVER);
            byte[] shared = utf8("said to all, " + TEXT);
            ByteBuffer alone = sender.deflate().compressAlone(ByteBuffer.wrap(shared));
            ByteBuffer frame = ByteBuffer.allocate(200);
            Frames.writeCompressed(frame, MessageKind.TEXT, alone);
            sender.wroteCompressed(ByteBuffer.wrap(shared));
            byte[] first = payload(Role.SERVER, Arrays.copyOf(frame.array(), frame.position()));
            byte[] second = payload(Role.SERVER, Deflating.sent(sender, MessageKind.TEXT, shared));
            assertThat(second.length).isLessThan(first.length / 2);
            NaiveInflater reader = new NaiveInflater();
            assertThat(reader.message(first)).isEqualTo(shared);
            assertThat(reader.message(second)).isEqualTo(shared);
        }

        @Test
        void keepsAsManyBytesAsIsSaidAndNoneWithoutIt() {
            DeflateOptions options = EAGER.withContextBytes(1_000).withMaxRatio(10_000, 0);
            byte[] long1 = new byte[100_000];
            Wire keeping = Deflating.wire(Role.SERVER, TAKING_OVER, options, WireLimits.DEFAULT);
            Wire alone = Deflating.wire(Role.SERVER, ALONE, options, WireLimits.DEFAULT);
            assertThat(keeping.deflate().heldBytes()).isZero();
            Deflating.sent(keeping, MessageKind.BINARY, long1);
            Deflating.sent(alone, MessageKind.BINARY, long1);
            assertThat(keeping.deflate().heldBytes()).isEqualTo(1_000);
            assertThat(alone.deflate().heldBytes()).isZero();
            byte[] heard = PeerBytes.to(Role.SERVER)
                    .frame(0xC2, Deflating.deflated(long1))
                    .bytes();
            keeping.receive(ByteBuffer.wrap(heard.clone()), 0, new Recorder(Role.SERVER));
            alone.receive(ByteBuffer.wrap(heard), 0, new Recorder(Role.SERVER));
            assertThat(keeping.deflate().heldBytes()).isEqualTo(1_000 + (32 << 10));
            assertThat(alone.deflate().heldBytes()).isZero();
        }
    }

    @Nested
    @DisplayName("the caller")
    class Caller {
        @Test
        void mayNotCompressWhereThatWasNotAgreed() {
            Wire plain = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
            assertThat(plain.deflate()).isNull();
            ByteBuffer bytes = ByteBuffer.allocate(1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> plain.writeCompressed(MessageKind.TEXT, bytes, bytes, ByteBuffer.allocate(9)));
            assertThatIllegalStateException().isThrownBy(() -> plain.wroteCompressed(bytes));
        }

        @Test
        void mayNotCompressInsideAMessageOrAfterItsClose() {
            Wire wire = Deflating.wire(Role.SERVER, ALONE);
            ByteBuffer bytes = ByteBuffer.allocate(1);
            ByteBuffer out = ByteBuffer.allocate(99);
            wire.writeFragment(MessageKind.TEXT, Fragment.FIRST, bytes, out);
            assertThatIllegalStateException()
                    .isThrownBy(() -> wire.writeCompressed(MessageKind.TEXT, bytes, bytes, out));
            wire.writeFragment(MessageKind.TEXT, Fragment.LAST, bytes, out);
            wire.close(CloseStatus.NORMAL, 0, new Recorder(Role.SERVER));
            assertThatIllegalStateException()
                    .isThrownBy(() -> wire.writeCompressed(MessageKind.TEXT, bytes, bytes, out));
        }

        @Test
        void isToldWhenThereIsNoRoomAndNothingHappened() {
            Wire wire = Deflating.wire(Role.SERVER, TAKING_OVER);
            ByteBuffer payload = ByteBuffer.wrap(utf8(TEXT));
            ByteBuffer compressed = wire.deflate().compress(payload);
            ByteBuffer out = ByteBuffer.allocate(compressed.remaining() + 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> wire.writeCompressed(MessageKind.TEXT, payload, compressed, out));
            assertThat(out.position()).isZero();
            assertThat(wire.deflate().heldBytes()).isZero();
        }

        @Test
        void findsCompressorsClosed() {
            DeflateCodecs codecs = new DeflateCodecs();
            PerMessageDeflate deflate = new PerMessageDeflate(Role.SERVER, ALONE, EAGER, codecs);
            assertThat(deflate.compress(ByteBuffer.allocate(100))).isNotNull();
            codecs.close();
            assertThat(codecs.isClosed()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> deflate.compress(ByteBuffer.allocate(100)));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a frame carries, read by hand. */
    static byte[] payload(Role sender, byte[] frame) {
        int length = frame[1] & 0x7f;
        int at = 2;
        if (length == 126) {
            length = (frame[2] & 0xff) << 8 | frame[3] & 0xff;
            at = 4;
        } else if (length == 127) {
            length = ByteBuffer.wrap(frame).getInt(6);
            at = 10;
        }
        byte[] key = new byte[4];
        if (sender == Role.CLIENT) {
            System.arraycopy(frame, at, key, 0, 4);
            at += 4;
        }
        byte[] payload = Arrays.copyOfRange(frame, at, at + length);
        for (int i = 0; i < length; i++) {
            payload[i] ^= key[i % 4];
        }
        return payload;
    }
}
