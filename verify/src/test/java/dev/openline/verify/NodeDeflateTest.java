package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages between us and the npm {@code ws}, whose compressor is zlib, in both roles and with many parameters. */
@DisplayName("ws with permessage-deflate")
class NodeDeflateTest {
    private static final int[] SIZES = {0, 1, 125, 512, 65_535, 65_536, 300_000, Messages.LARGEST};

    private static final DeflateOptions ALONE = DeflateOptions.DEFAULT.withThresholdBytes(0);
    private static final DeflateOptions KEEPING =
            ALONE.withSending(DeflateContext.TAKEOVER).withReceiving(DeflateContext.TAKEOVER);

    /** The facts are in {@code ws-deflate.test.mjs}; if one doesn't hold, the output says which. */
    @ParameterizedTest
    @ValueSource(strings = {"no", "yes"})
    void asAClientOfOurServerAllItsFactsHold(String takeover) throws Exception {
        DeflateOptions options = takeover.equals("yes") ? KEEPING : ALONE;
        try (EchoServer server = EchoServer.start(EchoServer.ROOMY.withDeflate(options));
                NodeScript facts = NodeScript.start(
                        "ws-deflate.test.mjs",
                        Map.of("OPENLINE_URL", "ws://127.0.0.1:" + server.port() + "/", "OPENLINE_TAKEOVER", takeover),
                        "--test-reporter=tap")) {
            assertThat(facts.exitCode()).as(facts::output).isZero();
            assertThat(facts.output())
                    .contains("# fail 0")
                    .contains("# skipped 0")
                    .contains("# pass 33");
        }
    }

    /** ws's options, our windows for sending and receiving, and what ends up agreed on. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                        | 15 | 15 | ''",
                "{'serverNoContextTakeover':true}                          | 15 | 15 | '; server_no_context_takeover'",
                "{'clientNoContextTakeover':true}                          | 15 | 15 | '; client_no_context_takeover'",
                "{'serverMaxWindowBits':9,'clientMaxWindowBits':9}         | 15 | 15 "
                        + "| '; server_max_window_bits=9; client_max_window_bits=9'",
                "{'serverMaxWindowBits':12,'clientMaxWindowBits':8}        | 15 | 15 "
                        + "| '; server_max_window_bits=12; client_max_window_bits=8'",
                "{}                                                        | 10 | 11 "
                        + "| '; server_max_window_bits=11; client_max_window_bits=10'"
            })
    void asAServerOfOurClientTakingOver(String ws, int sending, int receiving, String agreed) throws Exception {
        DeflateOptions options = KEEPING.withSending(DeflateContext.TAKEOVER.withWindowBits(sending))
                .withReceiving(DeflateContext.TAKEOVER.withWindowBits(receiving));
        everythingComesBack(ws, options, "permessage-deflate" + agreed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'threshold':0,'serverMaxWindowBits':10,'clientMaxWindowBits':10}"})
    void asAServerOfOurClientWithoutTakeover(String ws) throws Exception {
        String windows = ws.equals("{}") ? "" : "; server_max_window_bits=10; client_max_window_bits=10";
        everythingComesBack(
                ws, ALONE, "permessage-deflate; server_no_context_takeover; client_no_context_takeover" + windows);
    }

    private static void everythingComesBack(String ws, DeflateOptions options, String agreed) throws Exception {
        OpenlineEar handler = new OpenlineEar();
        Ear ear = handler.ear;
        try (NodeScript node = NodeScript.start("ws-server.mjs", Map.of("WS_DEFLATE", ws.replace('\'', '"')));
                WebSocketClient client = WebSocketClient.create(o -> o.line(EchoServer.ROOMY.withDeflate(options)))) {
            String address = "ws://127.0.0.1:" + node.next().get(1);
            for (String path : List.of("/echo", "/fragments")) {
                WebSocket line = Waiting.forAnswer(client.dial(URI.create(address + path), handler));
                assertThat(line.deflate()).hasToString(agreed);
                for (int size : SIZES) {
                    String text = text(size);
                    line.sendText(text);
                    assertThat(ear.next()).isEqualTo(new Event.Text(text));
                    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                    line.sendBinary(bytes);
                    assertThat(ear.next()).isEqualTo(new Event.Binary(bytes));
                    if (path.equals("/fragments")) {
                        assertThat(node.next()).isEqualTo(List.of("pong", "10"));
                        assertThat(node.next()).isEqualTo(List.of("pong", "10"));
                    }
                }
                line.close(CloseStatus.NORMAL);
                assertThat(node.next()).isEqualTo(List.of("closed", "1000", ""));
                assertThat(ear.next()).isEqualTo(new Event.Closed(1000, ""));
            }
        }
    }

    /** Words that repeat, and numbers that do not, of so many characters. */
    private static String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < length; i++) {
            text.append("grün ")
                    .append(i * 7919 % 10_007)
                    .append(" is what number ")
                    .append(i)
                    .append(" is called; ");
        }
        return text.substring(0, length);
    }
}
