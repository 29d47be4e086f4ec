package dev.openline.protocol;

import static dev.openline.protocol.Frames.commands;
import static dev.openline.protocol.Frames.serverMessages;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("payloads are cut out byte by byte")
class PayloadsTest {
    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static void travels(String payload) throws MalformedFrame {
        Payload exact = Payload.of(payload);
        for (String blank : new String[] {"", " ", "\t ", "\r"}) {
            assertThat(commands("{}\n{\"id\":1,\"publish\":{\"channel\":\"ü\",\"data\":" + blank + payload + blank
                            + ",\"x\":1}}\n{\"send\":{\"data\":" + blank + payload + blank + "}}"))
                    .containsExactly(new Command.Pong(), new Command.Publish(1, "ü", exact), new Command.Send(exact));
            assertThat(serverMessages("{\"push\":{\"message\":{\"data\":" + blank + payload + blank + "}}}"))
                    .containsExactly(new Push.MessagePush(exact));
            assertThat(JsonCodec.payload(Frames.frame(blank + payload + blank))).isEqualTo(exact);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1e400",
                "-1.0E-999",
                "123456789012345678901234567890.00",
                "true",
                "false",
                "\"\"",
                "\"x\"",
                "\"größer 😀 \u2028\u007f\"",
                "\"\\u00e9\\n\\/\\\\\\\"\\b\"",
                "\"}]\"",
                "{}",
                "[]",
                "[ ]",
                "{ \"a\" : [ 1 , \"]}\" , { } ] }",
                "{\"a\":1,\"a\":2}",
                "{\"\":null}",
                "[null,[null],-1.5e+3]",
                "{\"\\ud83d\\ude00\":1}",
                "{\"ключ\":\"значение\"}",
            })
    void bytesArriveAsTheyWere(String payload) throws MalformedFrame {
        travels(payload);
    }

    @Test
    void manyDifferentNamesTravel() throws MalformedFrame {
        StringBuilder names = new StringBuilder("{");
        for (int i = 0; i < 5_000; i++) names.append("\"n").append(i).append("\":0,");
        travels(names + "\"last\":1}");
    }

    @Test
    void halfACharacterAsAnEscapeIsJsonAndStaysAsItIs() throws MalformedFrame {
        travels("\"\\ud800\"");
    }

    @Test
    void halfACharacterInAMembersNameIsRefusedEvenAsAnEscape() {
        assertThatThrownBy(() -> travels("{\"\\udc00\":1}")).isInstanceOf(MalformedFrame.class);
        assertThatThrownBy(() -> travels("{\"\\ud800x\":1}")).isInstanceOf(MalformedFrame.class);
    }

    @Test
    void longNumbersAndStringsTravel() throws MalformedFrame {
        travels("9".repeat(60_000));
        travels("0." + "1".repeat(60_000));
        travels('"' + "é".repeat(60_000) + '"');
        travels("[" + "1,".repeat(30_000) + "1]");
        travels("{\"" + "n".repeat(60_000) + "\":1}");
    }

    @Nested
    @DisplayName("limits")
    class Limits {
        @Test
        void payloadMayBeNestedUpToTheLimit() throws MalformedFrame {
            travels(nested(JsonLimits.MAX_PAYLOAD_DEPTH));
            String tooDeep = nested(JsonLimits.MAX_PAYLOAD_DEPTH + 1);
            assertThatThrownBy(() -> travels(tooDeep))
                    .isInstanceOf(MalformedFrame.class)
                    .hasMessage("nested deeper than 256");
            assertThatThrownBy(() -> commands("[".repeat(60_000))).isInstanceOf(MalformedFrame.class);
            assertThatThrownBy(() -> commands("{\"unknown\":" + "[".repeat(60_000)))
                    .isInstanceOf(MalformedFrame.class);
        }

        @Test
        void acceptedPayloadFitsIntoTheDeepestMessage() throws MalformedFrame {
            Payload deepest = Payload.json(nested(JsonLimits.MAX_PAYLOAD_DEPTH));
            ClientInfo info = new ClientInfo("u", "c", deepest, deepest);
            Publication publication = new Publication(1, deepest, info, Map.of());
            Result.SubscribeResult sub = new Result.SubscribeResult(
                    Tracking.RECOVERABLE,
                    new StreamPosition(0, "e"),
                    Result.SubscribeResult.Recovery.RECOVERED,
                    List.of(publication),
                    null,
                    deepest);
            ServerMessage connected =
                    new Reply.Done(1, new Result.ConnectResult("c", "v", null, deepest, Map.of("x", sub), null));
            assertThat(serverMessages(Frames.text(connected))).containsExactly(connected);
        }

        @Test
        void filterMayBeNestedToAPoint() throws MalformedFrame {
            String open = "{\"op\":\"not\",\"nodes\":[";
            String deep = open.repeat(127) + "{}" + "]}".repeat(127);
            assertThat(commands("{\"id\":1,\"subscribe\":{\"channel\":\"x\",\"tf\":" + deep + "}}"))
                    .hasSize(1);
            assertThat(commands("{\"id\":1,\"connect\":{\"subs\":{\"x\":{\"tf\":" + deep + "}}}}"))
                    .hasSize(1);
            for (int depth : new int[] {128, 5000}) {
                String tooDeep = open.repeat(depth) + "{}" + "]}".repeat(depth);
                assertThatThrownBy(
                                () -> commands("{\"id\":1,\"subscribe\":{\"channel\":\"x\",\"tf\":" + tooDeep + "}}"))
                        .isInstanceOf(MalformedFrame.class)
                        .hasMessage("a filter nested deeper than 128");
            }
        }
    }

    @Nested
    @DisplayName("RFC 3629 strict UTF-8")
    class StrictUtf8 {
        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "80",
                    "C3",
                    "C3 28",
                    "C0 80",
                    "C1 BF",
                    "E0 80 80",
                    "E0 9F BF",
                    "ED A0 80",
                    "ED BF BF",
                    "E2 82",
                    "F0 80 80 80",
                    "F0 8F BF BF",
                    "F4 90 80 80",
                    "F5 80 80 80",
                    "FF",
                    "FE",
                    "F0 9F 98",
                    "E2 28 A1"
                })
        void brokenSequenceIsAFaultWhereverItStands(String hex) {
            for (String around : new String[] {
                "{\"send\":{\"data\":\"%\"}}",
                "{\"send\":{\"data\":{\"%\":1}}}",
                "{\"later\":\"%\"}",
                "{\"%\":1}",
                "{\"id\":1,\"refresh\":{\"token\":\"%\"}}",
                "%",
                "{}%"
            }) {
                assertThatThrownBy(() -> commands(spliced(around, hex)))
                        .as(around)
                        .isInstanceOf(MalformedFrame.class);
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "7F",
                    "C2 80",
                    "DF BF",
                    "E0 A0 80",
                    "ED 9F BF",
                    "EE 80 80",
                    "EF BF BF",
                    "F0 90 80 80",
                    "F4 8F BF BF"
                })
        void ofEachLengthTheFirstAndTheLastTravel(String hex) throws MalformedFrame {
            assertThat(commands(spliced("{\"send\":{\"data\":\"%\"}}", hex))).hasSize(1);
        }

        @Test
        void otherEncodingsAndByteOrderMarksAreNotGuessed() {
            String pong = "{}";
            for (Charset charset :
                    new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16}) {
                assertThatThrownBy(() -> commands(ByteBuffer.wrap(pong.getBytes(charset))))
                        .isInstanceOf(MalformedFrame.class);
            }
            assertThatThrownBy(() -> commands("\ufeff{}")).isInstanceOf(MalformedFrame.class);
            assertThatThrownBy(() -> commands(" \ufeff{}")).isInstanceOf(MalformedFrame.class);
        }

        private ByteBuffer spliced(String around, String hex) {
            int hole = around.indexOf('%');
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(around.substring(0, hole).getBytes(StandardCharsets.UTF_8));
            for (String octet : hex.split(" ", -1)) bytes.write(Integer.parseInt(octet, 16));
            bytes.writeBytes(around.substring(hole + 1).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(bytes.toByteArray());
        }
    }

    @Nested
    @DisplayName("payloads from applications")
    class FromApplications {
        @Test
        void rawLineBreaksBetweenTokensAreLeftOut() {
            assertThat(Payload.json("{\r\n  \"a\": [1,\n 2],\n  \"b\": \"x\\ny\"\n}\n")
                            .text())
                    .isEqualTo("{  \"a\": [1, 2],  \"b\": \"x\\ny\"}");
        }

        @Test
        void nullIsAValueHere() {
            assertThat(Payload.json(" null ").text()).isEqualTo("null");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "\n",
                    "{",
                    "}",
                    "[1,]",
                    "1 2",
                    "{} {}",
                    "tru",
                    "truex",
                    "01",
                    "1.",
                    "-",
                    "--1",
                    "'a'",
                    "\"",
                    "\"a\nb\"",
                    "\"\t\"",
                    "\"\\u12\"",
                    "NaN",
                    "// c\n1",
                    "1,",
                    "{\"a\"}",
                    "{\"a\":}",
                    "{,}",
                    "\u00001",
                    "\ufeff1"
                })
        void anythingButOneValueIsRefused(String text) {
            assertThatThrownBy(() -> Payload.json(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a payload that is not one JSON value: ");
            assertThatThrownBy(() -> JsonCodec.payload(Frames.frame(text))).isInstanceOf(MalformedFrame.class);
            assertThat(Payload.of(text).isJson()).isFalse();
            assertThat(Payload.of(text).isJsonObject()).isFalse();
        }

        @Test
        void bytesThatAreJsonAreKnownByLookingAtThem() {
            for (String text : List.of("{}", " \r\n{\"a\":[1,\n2]}\t", "{\"b\":{}}\n")) {
                assertThat(Payload.of(text).isJson()).isTrue();
                assertThat(Payload.of(text).isJsonObject()).isTrue();
                assertThat(Payload.json(text).isJsonObject()).isTrue();
            }
            for (String text : List.of("1", " [{}]", "\"{\"", "null", "-0.0e1 ")) {
                Payload payload = Payload.of(text);
                assertThat(payload.isJsonObject()).isFalse();
                assertThat(payload.isJson()).isTrue();
                assertThat(payload.isJson()).isTrue();
            }
            assertThat(Payload.of(nested(256)).isJson()).isTrue();
            assertThat(Payload.of(nested(257)).isJson()).isFalse();
            assertThat(Payload.wrap(new byte[] {'"', (byte) 0xff, '"'}).isJson())
                    .isFalse();
            assertThat(Payload.wrap(new byte[] {'{', 0}).isJsonObject()).isFalse();
        }

        @Test
        void rawLineBreaksOfBytesFromElsewhereStayOutOfFrames() {
            Payload pretty = Payload.of("{\r\n \"a\": 1\n}\n");
            assertThat(Frames.text(new Command.Send(pretty))).isEqualTo("{\"send\":{\"data\":{ \"a\": 1}}}");
        }

        @Test
        void bytesThatAreNoJsonStayOutOfFrames() {
            Payload more = Payload.of("1},\"push\":{\"channel\":\"x\"");
            assertThat(Frames.text(new Command.Send(more))).isEqualTo("{\"send\":{}}");
            assertThat(JsonCodec.encode(new Reply.Done(1, new Result.RpcResult(more))))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("{\"id\":1,\"rpc\":{}}");
            assertThat(JsonCodec.encode(new Push.Join("x", new ClientInfo("u", "c", more, Payload.of("[1]")))))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("{\"push\":{\"channel\":\"x\",\"join\":"
                            + "{\"info\":{\"user\":\"u\",\"client\":\"c\",\"chan_info\":[1]}}}}");
        }

        @Test
        void halfACharacterIsRefused() {
            assertThatThrownBy(() -> Payload.json("\"\ud800\"")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void directBufferIsReadAndItsPositionStays() throws MalformedFrame {
            ByteBuffer direct = ByteBuffer.allocateDirect(8).put("xx[1]yyy".getBytes(StandardCharsets.US_ASCII));
            direct.position(2).limit(5);
            assertThat(JsonCodec.payload(direct)).isEqualTo(Payload.of("[1]"));
            assertThat(direct.position()).isEqualTo(2);
        }
    }
}
