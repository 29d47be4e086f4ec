package dev.openline.wire;

import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("bytes that are read to where they belong")
class RoomTest {
    private static final WireLimits LIMITS = new WireLimits(300_000, 400_000, 1024);
    private static final MessageMemory DIRECT = bytes -> new MessageMemory.HeapBlock(ByteBuffer.allocateDirect(bytes));

    /** A driver that puts what comes into the room there is, a random piece at a time. */
    private static final class Driver {
        private final Random random;
        private final Wire wire;
        private final Recorder heard;
        private int inRooms;

        Driver(Role reader, MessageMemory memory, Random random) {
            this.random = random;
            heard = new Recorder(reader);
            wire = Feed.wire(reader, LIMITS);
            wire.memory(memory);
        }

        void read(byte[] stream) {
            int at = 0;
            while (at < stream.length) {
                int length = Math.min(stream.length - at, 1 + random.nextInt(60_000));
                Room room = random.nextInt(4) == 0 ? null : wire.room(1 + random.nextInt(100_000));
                if (room == null) {
                    wire.receive(ByteBuffer.wrap(Arrays.copyOfRange(stream, at, at + length)), 0, heard);
                } else {
                    length = Math.min(length, room.length());
                    room.block().bytes().put(room.at(), stream, at, length);
                    wire.received(length, 0, heard);
                    inRooms += length;
                }
                at += length;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void areHeardAsIfTheyHadComeAnyOtherWay(Role reader) {
        int inRooms = 0;
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            byte[] stream = stream(reader, random);
            Driver driver = new Driver(reader, random.nextBoolean() ? MessageMemory.HEAP : DIRECT, random);
            driver.read(stream);
            assertThat(driver.heard.take()).as("seed %d", seed).isEqualTo(Feed.whole(reader, LIMITS, stream));
            assertThat(driver.wire.heldBytes()).as("seed %d", seed).isZero();
            inRooms += driver.inRooms;
        }
        assertThat(inRooms).as("bytes that there was room for").isGreaterThan(5_000_000);
    }

    private static byte[] stream(Role reader, Random random) {
        PeerBytes bytes = PeerBytes.to(reader);
        for (int message = 0; message < 5; message++) {
            boolean text = random.nextBoolean();
            List<byte[]> frames = frames(text, random);
            for (int i = 0; i < frames.size(); i++) {
                int opcode = i > 0 ? CONTINUATION : text ? TEXT : BINARY;
                bytes.frame(i == frames.size() - 1 ? FIN | opcode : opcode, frames.get(i));
                if (random.nextBoolean()) bytes.ping("0102");
            }
        }
        return bytes.bytes();
    }

    /** In frames that end anywhere, also inside a character. */
    private static List<byte[]> frames(boolean text, Random random) {
        byte[] message = new byte[random.nextInt(5) == 0 ? random.nextInt(200) : random.nextInt(200_000)];
        random.nextBytes(message);
        if (text) {
            message = new String(message, StandardCharsets.UTF_16LE)
                    .replace('\ufffd', 'x')
                    .getBytes(StandardCharsets.UTF_8);
        }
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        do {
            int end = random.nextInt(3) == 0 ? at + random.nextInt(message.length - at + 1) : message.length;
            frames.add(Arrays.copyOfRange(message, at, end));
            at = end;
        } while (at < message.length);
        return frames;
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void thatAreNotUtf8EndTheConnectionAsEver(Role reader) {
        byte[] text = "ä".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        for (int broken : new int[] {150_001, 160_000, text.length - 1}) {
            byte[] changed = text.clone();
            changed[broken] = 'x';
            byte[] stream = PeerBytes.to(reader)
                    .frame(FIN | TEXT, changed)
                    .text("unheard")
                    .bytes();
            Driver driver = new Driver(reader, DIRECT, new Random(broken));
            driver.read(stream);
            assertThat(driver.heard.take()).isEqualTo(Feed.whole(reader, LIMITS, stream));
            assertThat(driver.inRooms).isPositive();
            assertThat(driver.wire.room(100))
                    .as("nothing belongs anywhere any more")
                    .isNull();
        }
    }

    @Test
    void haveRoomOnlyInsideALargeFrame() {
        Wire wire = begun(15_000);
        assertThat(wire.room(100_000)).as("little has come").isNull();
        wire.receive(ByteBuffer.allocate(5_000), 0, new Recorder(Role.SERVER));
        Room room = wire.room(100_000);
        assertThat(room.at()).isEqualTo(20_000);
        assertThat(room.length()).as("most of what it asked for").isGreaterThan(50_000);
        assertThat(wire.room(50_000).length()).as("no more than it asked for").isEqualTo(50_000);
        assertThat(wire.room(1_000)).as("little is wanted").isNull();
        wire.receive(ByteBuffer.allocate(175_000), 0, new Recorder(Role.SERVER));
        assertThat(wire.room(100_000)).as("little is left").isNull();
    }

    @Test
    void areNoMoreThanTheRoom() {
        Wire wire = begun(20_000);
        Recorder heard = new Recorder(Role.SERVER);
        assertThatIllegalArgumentException().isThrownBy(() -> wire.received(180_001, 0, heard));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Feed.wire(Role.SERVER, LIMITS).received(1, 0, heard));
    }

    @Test
    void haveNoRoomWhereThereIsNoMemoryAndTheLineSaysSoWhenTheyCome() {
        Wire wire = Feed.wire(Role.SERVER, LIMITS);
        Recorder heard = new Recorder(Role.SERVER);
        wire.memory(bytes -> bytes > 40_000 ? null : MessageMemory.HEAP.take(bytes));
        byte[] stream =
                PeerBytes.to(Role.SERVER).frame(FIN | BINARY, new byte[200_000]).bytes();
        // Into memory that ends where the received bytes do.
        wire.receive(ByteBuffer.wrap(Arrays.copyOf(stream, 14 + 2_000)), 0, heard);
        assertThat(wire.room(100_000)).isNull();
        wire.receive(ByteBuffer.wrap(Arrays.copyOfRange(stream, 2_014, 42_014)), 0, heard);
        assertThat(heard.take()).anyMatch(event -> event.toString().contains("1013"));
    }

    /** Of a message of 200,000 bytes this many have come. */
    private static Wire begun(int bytes) {
        Wire wire = Feed.wire(Role.SERVER, LIMITS);
        byte[] stream =
                PeerBytes.to(Role.SERVER).frame(FIN | BINARY, new byte[200_000]).bytes();
        wire.receive(ByteBuffer.wrap(Arrays.copyOf(stream, 14 + bytes)), 0, new Recorder(Role.SERVER));
        return wire;
    }
}
