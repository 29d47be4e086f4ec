package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("the wire log")
class FrameTapTest {
    private final List<String> lines = new ArrayList<>();

    private final FrameTap tap = new FrameTap() {
        @Override
        public void frameSent(FrameHead head, String payloadPreview) {
            lines.add(FrameLine.sent(head, payloadPreview).toString());
        }

        @Override
        public void frameReceived(FrameHead head, String payloadPreview) {
            lines.add(FrameLine.received(head, payloadPreview).toString());
        }
    };

    @ParameterizedTest
    @EnumSource(Role.class)
    void everyFrameIsALine(Role role) {
        byte[] stream = PeerBytes.to(role)
                .text("hello")
                .binary("cafe")
                .ping("")
                .frame(PeerBytes.TEXT, "68c3")
                .frame(PeerBytes.CONTINUATION, "a9")
                .frame(PeerBytes.FIN, "")
                .close(1001, "going away")
                .bytes();
        for (int size : new int[] {stream.length, 1, 3}) {
            lines.clear();
            Wire wire = Feed.wire(role, WireLimits.DEFAULT);
            wire.tap(tap);
            wire.write(MessageKind.TEXT, Hex.heap("6162"), ByteBuffer.allocate(20));
            for (int at = 0; at < stream.length; at += size) {
                byte[] part = java.util.Arrays.copyOfRange(stream, at, Math.min(at + size, stream.length));
                wire.receive(ByteBuffer.wrap(part), 0, new Recorder(role));
            }
            assertThat(lines)
                    .containsExactly(
                            "> TEXT \"ab\" [2 bytes]",
                            "< TEXT \"hello\" [5 bytes]",
                            "< BINARY cafe [2 bytes]",
                            "< PING [0 bytes]",
                            "> PONG [0 bytes]",
                            "< TEXT \"h\ufffd\" [2 bytes, first piece]",
                            "< CONTINUATION a9 [1 byte, next piece]",
                            "< CONTINUATION [0 bytes, last piece]",
                            "< CLOSE 1001 going away",
                            "> CLOSE 1001");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void compressedMessagesShowWhatTheySay(Role role) {
        String text = "hello, hello, hello, hello";
        byte[] payload = Deflating.deflated(text);
        byte[] stream = PeerBytes.to(role)
                .frame(PeerBytes.FIN | 0x40 | PeerBytes.TEXT, payload)
                .frame(PeerBytes.FIN | 0x40 | PeerBytes.BINARY, "00")
                .frame(0x40 | PeerBytes.TEXT, "f248cd")
                .frame(PeerBytes.FIN, "c9c90700")
                .bytes();
        for (int size : new int[] {stream.length, 1}) {
            lines.clear();
            Wire wire = Deflating.wire(role, Deflating.ALONE);
            wire.tap(tap);
            for (int at = 0; at < stream.length; at += size) {
                byte[] part = java.util.Arrays.copyOfRange(stream, at, Math.min(at + size, stream.length));
                wire.receive(ByteBuffer.wrap(part), 0, new Recorder(role));
            }
            byte[] sent = Deflating.sent(wire, MessageKind.TEXT, utf8(text).array());
            assertThat(sent.length).isLessThan(text.length());
            assertThat(lines)
                    .containsExactly(
                            "< TEXT \"" + text + "\" [26 bytes, deflated to " + payload.length + "]",
                            "< BINARY [0 bytes, deflated to 1]",
                            "< TEXT f248cd [3 bytes, deflated, first piece]",
                            "< CONTINUATION c9c90700 [4 bytes, last piece]",
                            "> TEXT \"" + text + "\" [26 bytes, deflated to " + payload.length + "]");
        }
    }

    @Test
    void removedTapHearsNothing() {
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        wire.tap(tap);
        wire.tap(null);
        wire.write(MessageKind.TEXT, Hex.heap("6162"), ByteBuffer.allocate(20));
        assertThat(lines).isEmpty();
    }

    @Test
    void previewsAreCutAndHarmlessInALog() {
        assertThat(FrameLine.textPreview(utf8("x".repeat(64)))).isEqualTo("\"" + "x".repeat(64) + "\"");
        assertThat(FrameLine.textPreview(utf8("x".repeat(65)))).isEqualTo("\"" + "x".repeat(64) + "\"…");
        assertThat(FrameLine.textPreview(utf8("🌍".repeat(9_000)))).isEqualTo("\"" + "🌍".repeat(64) + "\"…");
        assertThat(FrameLine.textPreview(utf8("a\r\n\u001b[31m\u2028")))
                .isEqualTo("\"a\\u000d\\u000a\\u001b[31m\\u2028\"");
        assertThat(FrameLine.textPreview(utf8("a\u202eb"))).isEqualTo("\"a\\u202eb\"");
        assertThat(FrameLine.binaryPreview(ByteBuffer.allocate(32))).isEqualTo("00".repeat(32));
        assertThat(FrameLine.binaryPreview(ByteBuffer.allocate(33))).isEqualTo("00".repeat(32) + "…");
    }

    @Test
    void closeReasonsAreHarmlessToo() {
        assertThat(FrameLine.preview(FrameType.CLOSE, Hex.heap(""))).isEmpty();
        assertThat(FrameLine.preview(FrameType.CLOSE, Hex.heap("03e8").order(ByteOrder.LITTLE_ENDIAN)))
                .isEqualTo("1000");
        assertThat(FrameLine.preview(FrameType.CLOSE, Hex.heap("03e8 610a62"))).isEqualTo("1000 a\\u000ab");
        assertThat(FrameLine.preview(FrameType.CLOSE, Hex.heap("03e8" + "78".repeat(65))))
                .isEqualTo("1000 " + "x".repeat(64) + "…");
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
