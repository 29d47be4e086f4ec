package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 6455 §5.7 examples")
class RfcExamplesTest {
    private final Recorder heard = new Recorder();

    @AfterEach
    void nothingLeft() {
        heard.assertNothingLeft();
    }

    @Test
    void unmaskedHelloIsHeardByAClient() {
        wire(Role.CLIENT).receive(Hex.heap("81 05 48656c6c6f"), 0, heard);
        assertThat(heard.take()).containsExactly(new WireEvent.Text("Hello"));
    }

    @Test
    void maskedHelloIsHeardByAServer() {
        wire(Role.SERVER).receive(Hex.heap("81 85 37fa213d 7f9f4d5158"), 0, heard);
        assertThat(heard.take()).containsExactly(new WireEvent.Text("Hello"));
    }

    @Test
    void helloInTwoFragmentsIsOneMessage() {
        wire(Role.CLIENT).receive(Hex.heap("01 03 48656c 80 02 6c6f"), 0, heard);
        assertThat(heard.take()).containsExactly(new WireEvent.Text("Hello"));
    }

    @Test
    void pingIsAnsweredByAMaskedPongWithItsPayload() {
        wire(Role.CLIENT).receive(Hex.heap("89 05 48656c6c6f"), 0, heard);
        assertThat(heard.take())
                .isEqualTo(List.of(new WireEvent.Sent("8a8537fa213d7f9f4d5158"), new WireEvent.Ping("48656c6c6f")));
    }

    @Test
    void clientWritesHelloMasked() {
        ByteBuffer out = ByteBuffer.allocate(Wire.frameSize(Role.CLIENT, 5));
        wire(Role.CLIENT).write(MessageKind.TEXT, Hex.heap("48656c6c6f"), out);
        assertThat(Hex.of(out.flip())).isEqualTo("818537fa213d7f9f4d5158");
    }

    @Test
    void serverWrites256And65536BytesInTheShortestLengthForm() {
        ByteBuffer out = ByteBuffer.allocate(Wire.frameSize(Role.SERVER, 65536));
        Wire wire = wire(Role.SERVER);
        wire.write(MessageKind.BINARY, ByteBuffer.allocate(256), out);
        assertThat(Hex.of(out.flip())).startsWith("827e0100").hasSize(2 * 260);
        wire.write(MessageKind.BINARY, ByteBuffer.allocate(65536), out.clear());
        assertThat(Hex.of(out.flip())).startsWith("827f0000000000010000").hasSize(2 * 65546);
    }

    private static Wire wire(Role role) {
        return new Wire(role, WireLimits.DEFAULT, WireTiming.DEFAULT, ReservedBits.NONE, () -> 0x37fa213d, 0);
    }
}
