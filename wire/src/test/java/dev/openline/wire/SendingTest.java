package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("RFC 6455 §6.1 sending")
class SendingTest {
    private final Recorder heard = new Recorder(Role.SERVER);
    private final Wire server = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
    private final ByteBuffer out = ByteBuffer.allocate(200_000);

    @AfterEach
    void nothingLeft() {
        heard.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void everyLengthIsWrittenSoThatTheOtherEndHearsIt(Role sender) {
        for (int length : new int[] {0, 1, 3, 4, 7, 8, 9, 15, 16, 125, 126, 127, 65535, 65536, 65537}) {
            byte[] bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            for (boolean direct : new boolean[] {false, true}) {
                ByteBuffer to = direct ? ByteBuffer.allocateDirect(70_000) : ByteBuffer.allocate(70_000);
                to.order(ByteOrder.LITTLE_ENDIAN).position(5);
                Wire wire = new Wire(
                        sender, WireLimits.DEFAULT, WireTiming.DEFAULT, ReservedBits.NONE, () -> 0x9badf00d, 0);
                wire.write(MessageKind.BINARY, ByteBuffer.wrap(bytes), to);
                assertThat(to.position()).isEqualTo(5 + Wire.frameSize(sender, length));
                Recorder other = new Recorder(sender.peer());
                Feed.wire(sender.peer(), WireLimits.DEFAULT).receive(to.flip().position(5), 0, other);
                assertThat(other.take()).containsExactly(WireEvent.binary(Hex.of(bytes)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void payloadStaysAsItWas(Role sender) {
        ByteBuffer payload = Hex.heap("00112233445566778899aabb").position(2).limit(11);
        Wire wire = Feed.wire(sender, WireLimits.DEFAULT);
        wire.write(MessageKind.BINARY, payload.asReadOnlyBuffer(), out);
        wire.write(MessageKind.BINARY, payload, out.clear());
        assertThat(payload.position()).isEqualTo(2);
        assertThat(payload.limit()).isEqualTo(11);
        assertThat(Hex.of(payload.clear())).isEqualTo("00112233445566778899aabb");
    }

    @Test
    void clientAsksForANewKeyForEveryFrame() {
        int[] keys = {0x01020304, 0x0a0b0c0d};
        int[] asked = {0};
        IntSupplier source = () -> keys[asked[0]++];
        Wire client = new Wire(Role.CLIENT, WireLimits.DEFAULT, WireTiming.DEFAULT, ReservedBits.NONE, source, 0);
        client.write(MessageKind.TEXT, Hex.heap("00"), out);
        client.ping(Hex.heap("00"), new ForwardingSink(new Recorder(Role.CLIENT)) {
            @Override
            public void transmit(ByteBuffer frame) {
                out.put(frame);
            }
        });
        assertThat(Hex.of(out.flip())).isEqualTo("8181" + "01020304" + "01" + "8981" + "0a0b0c0d" + "0a");
    }

    @Test
    void serverNeverAsksForAKey() {
        Wire wire = new Wire(
                Role.SERVER,
                WireLimits.DEFAULT,
                WireTiming.DEFAULT,
                ReservedBits.NONE,
                () -> {
                    throw new AssertionError("a server has no key");
                },
                0);
        wire.write(MessageKind.TEXT, Hex.heap("61"), out);
        wire.close(CloseStatus.NORMAL, 0, heard);
        assertThat(heard.take()).hasSize(1);
    }

    @Test
    void frameWithoutRoomIsTheCallersFaultAndWritesNothing() {
        ByteBuffer small = ByteBuffer.allocate(6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.write(MessageKind.TEXT, Hex.heap("6162636465"), small));
        assertThat(small.position()).isZero();
        assertThat(Hex.of(small)).isEqualTo("000000000000");
        small.clear();
        server.writeFragment(MessageKind.TEXT, Fragment.FIRST, Hex.heap("61"), small);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.writeFragment(MessageKind.TEXT, Fragment.LAST, Hex.heap("616263"), small));
        assertThat(server.isMidMessage()).isTrue();
    }

    @Nested
    @DisplayName("RFC 6455 §5.4 in pieces")
    class InPieces {
        @Test
        void onlyTheFirstHasTheOpcodeAndOnlyTheLastIsFinal() {
            server.writeFragment(MessageKind.TEXT, Fragment.FIRST, Hex.heap("61"), out);
            assertThat(server.isMidMessage()).isTrue();
            server.writeFragment(MessageKind.TEXT, Fragment.MIDDLE, Hex.heap(""), out);
            server.writeFragment(MessageKind.TEXT, Fragment.MIDDLE, Hex.heap("62"), out);
            server.writeFragment(MessageKind.TEXT, Fragment.LAST, Hex.heap("63"), out);
            assertThat(server.isMidMessage()).isFalse();
            server.writeFragment(MessageKind.BINARY, Fragment.WHOLE, Hex.heap("64"), out);
            assertThat(Hex.of(out.flip())).isEqualTo("010161" + "0000" + "000162" + "800163" + "820164");
        }

        @Test
        void pieceThatDoesNotFollowIsTheCallersFault() {
            refused(MessageKind.TEXT, Fragment.MIDDLE, Fragment.LAST);
            server.writeFragment(MessageKind.TEXT, Fragment.FIRST, Hex.heap("61"), out);
            refused(MessageKind.TEXT, Fragment.FIRST, Fragment.WHOLE);
            refused(MessageKind.BINARY, Fragment.values());
            assertThatIllegalStateException().isThrownBy(() -> server.write(MessageKind.TEXT, Hex.heap("62"), out));
            server.writeFragment(MessageKind.TEXT, Fragment.LAST, Hex.heap("63"), out);
            refused(MessageKind.TEXT, Fragment.MIDDLE, Fragment.LAST);
            assertThat(Hex.of(out.flip())).isEqualTo("010161" + "800163");
        }

        @Test
        void controlFramesMayGoInBetween() {
            server.writeFragment(MessageKind.TEXT, Fragment.FIRST, Hex.heap("61"), out);
            server.ping(Hex.heap("01"), heard);
            assertThat(heard.take()).containsExactly(WireEvent.sentPing("01"));
        }

        private void refused(MessageKind kind, Fragment... fragments) {
            for (Fragment fragment : fragments) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> server.writeFragment(kind, fragment, Hex.heap("ff"), out));
            }
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.5.1 after a Close")
    class AfterClose {
        @Test
        void noDataMayBeSent() {
            server.close(CloseStatus.NORMAL, 0, heard);
            assertThat(heard.take()).hasSize(1);
            nothingMayBeSent();
        }

        @Test
        void noDataMayBeSentAfterThePeersEither() {
            server.receive(
                    ByteBuffer.wrap(PeerBytes.to(Role.SERVER).close(1000, "").bytes()), 0, heard);
            assertThat(heard.take()).hasSize(3);
            nothingMayBeSent();
        }

        private void nothingMayBeSent() {
            assertThat(server.isOpen()).isFalse();
            for (Fragment fragment : Fragment.values()) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> server.writeFragment(MessageKind.TEXT, fragment, Hex.heap("61"), out));
            }
            assertThatIllegalStateException().isThrownBy(() -> server.ping(Hex.heap(""), heard));
            assertThat(out.position()).isZero();
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.5.2 pings of the caller")
    class OwnPings {
        @Test
        void carryUpTo125Bytes() {
            ByteBuffer payload = Hex.heap("ab".repeat(125));
            server.ping(payload, heard);
            assertThat(heard.take()).containsExactly(WireEvent.sentPing("ab".repeat(125)));
            assertThat(payload.remaining()).isEqualTo(125);
            assertThatIllegalArgumentException().isThrownBy(() -> server.ping(ByteBuffer.allocate(126), heard));
        }
    }

    @Nested
    @DisplayName("frames without a wire")
    class SharedFrames {
        @Test
        void areTheBytesAWireWrites() {
            ByteBuffer payload = Hex.heap("68c3a9");
            assertThat(Hex.of(Frames.text("hé"))).isEqualTo("810368c3a9");
            assertThat(Hex.of(Frames.binary(payload))).isEqualTo("820368c3a9");
            assertThat(Frames.write(out, MessageKind.TEXT, payload)).isEqualTo(5);
            assertThat(Frames.writeMasked(out, MessageKind.TEXT, payload, 0x00000001))
                    .isEqualTo(9);
            assertThat(Hex.of(out.flip())).isEqualTo("810368c3a9" + "818300000001" + "68c3a9");
        }

        @Test
        void headIsWrittenAloneForAPayloadThatFollows() {
            for (int length : List.of(0, 125, 126, 65535, 65536, Integer.MAX_VALUE)) {
                out.clear();
                int size = Frames.writeHead(out, MessageKind.BINARY, length);
                assertThat(size).isEqualTo(out.position()).isEqualTo(Frames.headSize(Role.SERVER, length));
            }
            assertThat(Hex.of(out.flip())).isEqualTo("827f000000007fffffff");
            assertThatIllegalArgumentException().isThrownBy(() -> Frames.writeHead(out, MessageKind.TEXT, -1));
        }
    }
}
