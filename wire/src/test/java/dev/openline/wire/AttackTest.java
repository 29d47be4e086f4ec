package dev.openline.wire;

import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.PING;
import static dev.openline.wire.PeerBytes.PONG;
import static dev.openline.wire.PeerBytes.TEXT;
import static dev.openline.wire.WireEvent.binary;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a hostile peer may cost, and what is heard of it once it has broken a rule. Bytes are counted by the JVM. */
@DisplayName("RFC 6455 §10 attacks by frames")
class AttackTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What an unfinished message may hold for each of its bytes that came: its buffer doubles. */
    private static final int HELD_PER_BYTE = 2;

    /** And what it holds at least. */
    private static final int HELD_AT_LEAST = 64;

    /** What a whole message may have cost in garbage and buffers for each of its bytes: all the doublings together. */
    private static final int ALLOCATED_PER_BYTE = 4;

    /** A ping costs its pong, head and object included, and nothing that stays. */
    private static final int ALLOCATED_PER_PING = 256;

    private static final WireLimits NO_LIMITS = new WireLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    @ParameterizedTest
    @EnumSource(Role.class)
    void hugeLengthThatIsAnnouncedAndNeverSentReservesNothing(Role reader) {
        for (long length : new long[] {70_000, Integer.MAX_VALUE - 8, Integer.MAX_VALUE}) {
            Wire wire = Feed.wire(reader, NO_LIMITS);
            Recorder heard = new Recorder(reader);
            ByteBuffer head = direct(PeerBytes.to(reader)
                    .head(FIN | BINARY, 127, length)
                    .payload(new byte[1])
                    .bytes());
            assertThat(allocatedBy(() -> wire.receive(head, 0, heard)))
                    .as("allocated for %d bytes announced", length)
                    .isLessThan(4096);
            assertThat(wire.heldBytes()).isLessThanOrEqualTo(HELD_AT_LEAST);
            heard.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void lengthBeyondAnIntegerFailsWith1009EvenWithoutLimits(Role reader) {
        for (long length : new long[] {1L << 31, (1L << 32) + 5, 1L << 62, Long.MAX_VALUE}) {
            Expect.failed(reader, NO_LIMITS, PeerBytes.to(reader).head(FIN | BINARY, 127, length), 1009, "§10.4");
            PeerBytes second =
                    PeerBytes.to(reader).frame(BINARY, "aa").head(FIN | CONTINUATION, 127, Integer.MAX_VALUE);
            Expect.failed(reader, NO_LIMITS, second, 1009, "§10.4");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aMillionEmptyFragmentsFailWith1008AtTheirLimit(Role reader) {
        Wire wire = Feed.wire(reader, WireLimits.DEFAULT);
        Recorder heard = new Recorder(reader);
        byte[] opener = PeerBytes.to(reader).frame(TEXT, "").bytes();
        byte[] empty = PeerBytes.to(reader).frame(CONTINUATION, "").bytes();
        wire.receive(direct(opener), 0, heard);
        int frames = 1;
        while (wire.isOpen() && frames < 1_000_000) {
            wire.receive(direct(empty), 0, heard);
            frames++;
        }
        assertThat(frames).isEqualTo(WireLimits.DEFAULT.maxFragments() + 1);
        assertThat(heard.take()).first().isInstanceOf(WireEvent.Violation.class);
        assertThat(wire.heldBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aMillionEmptyFragmentsHoldNothingWhereTheyAreAllowed(Role reader) {
        Wire wire = Feed.wire(reader, NO_LIMITS);
        Recorder heard = new Recorder(reader);
        wire.receive(direct(PeerBytes.to(reader).frame(TEXT, "").bytes()), 0, heard);
        byte[] empty = PeerBytes.to(reader).frame(CONTINUATION, "").bytes();
        ByteBuffer thousand = ByteBuffer.allocateDirect(1000 * empty.length);
        long allocated = allocatedBy(() -> {
            for (int i = 0; i < 1000; i++) {
                thousand.clear();
                fill(thousand, empty);
                wire.receive(thousand, 0, heard);
            }
        });
        assertThat(allocated).as("allocated for a million frames").isLessThan(1_000_000);
        assertThat(wire.heldBytes()).isZero();
        heard.assertNothingLeft();
        wire.receive(direct(PeerBytes.to(reader).frame(FIN | CONTINUATION, "").bytes()), 0, heard);
        assertThat(heard.take()).containsExactly(text(""));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void tinyFragmentsHoldAndCostAFewTimesTheirBytes(Role reader) {
        int size = 200_000;
        Wire wire = Feed.wire(reader, NO_LIMITS);
        Recorder heard = new Recorder(reader);
        byte[] opener = PeerBytes.to(reader).frame(BINARY, "00").bytes();
        byte[] tiny = PeerBytes.to(reader).frame(CONTINUATION, "00").bytes();
        ByteBuffer in = ByteBuffer.allocateDirect(tiny.length);
        long allocated = allocatedBy(() -> {
            wire.receive(in.clear().put(0, opener), 0, heard);
            for (int received = 1; received < size; received++) {
                if (wire.heldBytes() > Math.max(HELD_AT_LEAST, HELD_PER_BYTE * received)) {
                    throw new AssertionError(wire.heldBytes() + " bytes held for " + received);
                }
                wire.receive(in.clear().put(0, tiny), 0, heard);
            }
        });
        assertThat(allocated).isLessThan((long) ALLOCATED_PER_BYTE * size);
        heard.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aFloodOfPingsCostsItsPongsAndHoldsNothing(Role reader) {
        int pings = 20_000;
        Wire wire = Feed.wire(reader, WireLimits.DEFAULT);
        Deaf deaf = new Deaf();
        byte[] ping = PeerBytes.to(reader).frame(FIN | PING, "ab".repeat(125)).bytes();
        byte[] pong = PeerBytes.to(reader).frame(FIN | PONG, "ab".repeat(125)).bytes();
        ByteBuffer in = ByteBuffer.allocateDirect(ping.length);
        Runnable flood = () -> {
            for (int i = 0; i < pings; i++) {
                wire.receive(in.clear().put(0, ping), 0, deaf);
            }
        };
        flood.run();
        assertThat(allocatedBy(flood) / pings).isLessThan(ALLOCATED_PER_PING);
        assertThat(deaf.transmitted).isEqualTo(2 * pings);
        Runnable unasked = () -> {
            for (int i = 0; i < pings; i++) {
                wire.receive(in.clear().put(0, pong), 0, deaf);
            }
        };
        unasked.run();
        assertThat(allocatedBy(unasked) / pings).as("bytes allocated per pong").isZero();
        assertThat(deaf.transmitted).as("pongs are not answered").isEqualTo(2 * pings);
        assertThat(wire.heldBytes()).isZero();
    }

    static Stream<String> violations() {
        return Stream.of("reserved bit", "opcode", "mask", "length", "utf-8", "too big", "close of one byte");
    }

    private static PeerBytes breaking(String rule, Role reader) {
        PeerBytes stream = PeerBytes.to(reader).frame(BINARY, "01").ping("02");
        return switch (rule) {
            case "reserved bit" -> stream.frame(FIN | 0x40, "");
            case "opcode" -> stream.frame(FIN | 0x3, "");
            case "mask" -> stream.raw(reader == Role.SERVER ? "80 00" : "80 80 00000000");
            case "length" -> stream.head(FIN | CONTINUATION, 126, 3).payload(new byte[3]);
            case "utf-8" -> PeerBytes.to(reader).frame(TEXT, "c0");
            case "too big" -> stream.head(FIN | CONTINUATION, 127, 1L << 40);
            default -> stream.frame(FIN | PeerBytes.CLOSE, "03");
        };
    }

    @ParameterizedTest
    @MethodSource("violations")
    void nothingAfterAViolationIsHeardOrAnswered(String rule) {
        for (Role reader : Role.values()) {
            byte[] broken = breaking(rule, reader).bytes();
            List<WireEvent> alone = Feed.whole(reader, WireLimits.DEFAULT, broken);
            assertThat(alone).as("%s: %s", reader, rule).endsWith(WireEvent.hungUp());
            byte[] more = PeerBytes.to(reader)
                    .frame(FIN | CONTINUATION, "03")
                    .text("late")
                    .ping("04")
                    .close(1000, "")
                    .raw("ff ff ff ff")
                    .bytes();
            assertThat(Feed.everyWay(reader, WireLimits.DEFAULT, joined(broken, more)))
                    .as("%s: %s", reader, rule)
                    .isEqualTo(alone);
        }
    }

    /** Both cuts at every place: every pair of states the reader can be left in and resumed from. */
    @ParameterizedTest
    @EnumSource(Role.class)
    void aMixedStreamIsHeardAlikeWhereverItIsCutTwice(Role reader) {
        byte[] stream = PeerBytes.to(reader)
                .frame(TEXT, "e2")
                .ping("0102")
                .frame(CONTINUATION, "82")
                .frame(FIN | CONTINUATION, "ac")
                .frame(FIN | BINARY, "cd".repeat(126))
                .frame(BINARY, "")
                .pong("")
                .frame(FIN | CONTINUATION, "ef")
                .text("end")
                .close(1000, "bye")
                .text("late")
                .bytes();
        List<WireEvent> whole = Feed.whole(reader, WireLimits.DEFAULT, stream);
        assertThat(whole).contains(text("€"), binary("cd".repeat(126)), binary("ef"), text("end"));
        for (int first = 1; first < stream.length; first++) {
            for (int second = first + 1; second < stream.length; second++) {
                List<byte[]> parts = List.of(
                        Arrays.copyOf(stream, first),
                        Arrays.copyOfRange(stream, first, second),
                        Arrays.copyOfRange(stream, second, stream.length));
                List<WireEvent> heard = Feed.feed(reader, WireLimits.DEFAULT, parts, false);
                if (!heard.equals(whole)) {
                    assertThat(heard).as("cut at %d and %d", first, second).isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void aReasonCutInsideACharacterFailsWith1007AtEveryByteOfIt() {
        for (Role reader : Role.values()) {
            for (String character : List.of("c2a9", "e282ac", "f09f8c8d")) {
                for (int cut = 2; cut < character.length(); cut += 2) {
                    String reason = "03e8 6f6b" + character.substring(0, cut);
                    Expect.failed(reader, PeerBytes.to(reader).frame(FIN | PeerBytes.CLOSE, reason), 1007, "§5.5.1");
                }
            }
        }
    }

    private static void fill(ByteBuffer buffer, byte[] frame) {
        for (int at = 0; at < buffer.capacity(); at += frame.length) {
            buffer.put(at, frame);
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static long allocatedBy(Runnable attack) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        attack.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Counts frames to transmit and keeps nothing. */
    private static final class Deaf extends ForwardingSink {
        private int transmitted;

        Deaf() {
            super(new Recorder(Role.SERVER));
        }

        @Override
        public void onPing(ByteBuffer payload) {}

        @Override
        public void onPong(ByteBuffer payload) {}

        @Override
        public void transmit(ByteBuffer frame) {
            transmitted++;
        }
    }
}
