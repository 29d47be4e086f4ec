package dev.openline.wire;

import static dev.openline.wire.WireEvent.ping;
import static dev.openline.wire.WireEvent.sentPong;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 6455 §5.7 examples")
class RfcExamplesTest {
    @Test
    void unmaskedHelloIsHeardByAClient() {
        Expect.heard(Role.CLIENT, PeerBytes.to(Role.CLIENT).raw("81 05 48656c6c6f"), text("Hello"));
    }

    @Test
    void maskedHelloIsHeardByAServer() {
        Expect.heard(Role.SERVER, PeerBytes.to(Role.SERVER).raw("81 85 37fa213d 7f9f4d5158"), text("Hello"));
    }

    @Test
    void helloInTwoFragmentsIsOneMessage() {
        Expect.heard(Role.CLIENT, PeerBytes.to(Role.CLIENT).raw("01 03 48656c 80 02 6c6f"), text("Hello"));
    }

    @Test
    void pingIsAnsweredByAPongWithItsPayload() {
        Expect.heard(
                Role.CLIENT,
                PeerBytes.to(Role.CLIENT).raw("89 05 48656c6c6f"),
                sentPong("48656c6c6f"),
                ping("48656c6c6f"));
    }

    @Test
    void clientWritesHelloMasked() {
        ByteBuffer out = ByteBuffer.allocate(Wire.frameSize(Role.CLIENT, 5));
        Wire wire =
                new Wire(Role.CLIENT, WireLimits.DEFAULT, WireTiming.DEFAULT, ReservedBits.NONE, () -> 0x37fa213d, 0);
        wire.write(MessageKind.TEXT, Hex.heap("48656c6c6f"), out);
        assertThat(Hex.of(out.flip())).isEqualTo("818537fa213d7f9f4d5158");
    }

    @Test
    void serverWrites256And65536BytesInTheShortestLengthForm() {
        ByteBuffer out = ByteBuffer.allocate(Wire.frameSize(Role.SERVER, 65536));
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        wire.write(MessageKind.BINARY, ByteBuffer.allocate(256), out);
        assertThat(Hex.of(out.flip())).startsWith("827e0100").hasSize(2 * 260);
        wire.write(MessageKind.BINARY, ByteBuffer.allocate(65536), out.clear());
        assertThat(Hex.of(out.flip())).startsWith("827f0000000000010000").hasSize(2 * 65546);
    }
}
