package dev.openline.protocol;

import static dev.openline.protocol.Frames.commands;
import static dev.openline.protocol.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("frames of commands")
class CommandFramesTest {
    private static final Command PONG = new Command.Pong();

    private static void refused(String frame, String fault) {
        assertThatThrownBy(() -> commands(frame))
                .isInstanceOf(MalformedFrame.class)
                .hasMessage(fault);
    }

    @Nested
    @DisplayName("messages in a frame")
    class Messages {
        @Test
        void oneLineBreakSeparatesCommands() throws MalformedFrame {
            assertThat(commands(
                            "{}\n{\"send\":{\"data\":1}}\n{\"id\":3,\"publish\":{\"channel\":\"x\",\"data\": [1] }}"))
                    .containsExactly(
                            PONG, new Command.Send(Payload.of("1")), new Command.Publish(3, "x", Payload.of("[1]")));
        }

        @Test
        void oneLineBreakAtTheEndIsTolerated() throws MalformedFrame {
            assertThat(commands("{}\n")).containsExactly(PONG);
            assertThat(commands("{}\n{}\n")).containsExactly(PONG, PONG);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\n", " ", "{}\n\n", "\n{}", "{}\n\n{}", "{}\n \n{}", "{}\n\n\n"})
        void emptyMessageIsAFault(String frame) {
            refused(frame, "empty message");
        }

        @Test
        void blanksAroundACommandAreNotPartOfIt() throws MalformedFrame {
            assertThat(commands(" \t{} \r\n\r{}\t")).containsExactly(PONG, PONG);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}{}", "{} {}", "{},{}", "{}1", "{}x", "{}]", "{}\u0000"})
        void nothingMayFollowACommandOnItsLine(String frame) {
            assertThatThrownBy(() -> commands(frame)).isInstanceOf(MalformedFrame.class);
        }

        @Test
        void commandMayNotSpanLines() {
            refused("{\"id\":1,\n\"rpc\":{}}", "not JSON");
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "\"x\"", "[]", "[{}]", "true", "null", "\"{}\""})
        void commandIsAnObject(String frame) {
            refused(frame, "command is not an object");
        }

        @Test
        void commandsBeforeAFaultAreReadAndThoseBehindItAreNot() throws MalformedFrame {
            CommandReader reader = JsonCodec.commands(frame("{}\n{\"send\":{}}\n{\"id\":}\n{}"));
            assertThat(reader.next()).isEqualTo(PONG);
            assertThat(reader.next()).isEqualTo(new Command.Send(null));
            assertThatThrownBy(reader::next).isInstanceOf(MalformedFrame.class);
            assertThat(reader.next()).isNull();
        }

        @Test
        void restOfAFrameIsReadAfterItsBufferWasUsedForSomethingElse() throws MalformedFrame {
            byte[] bytes =
                    "{}\n{\"id\":2,\"rpc\":{\"method\":\"m\",\"data\":\"d\"}}".getBytes(StandardCharsets.US_ASCII);
            CommandReader reader = JsonCodec.commands(ByteBuffer.wrap(bytes));
            assertThat(reader.next()).isEqualTo(PONG);
            Arrays.fill(bytes, (byte) '!');
            assertThat(reader.next()).isEqualTo(new Command.Rpc(2, "m", Payload.of("\"d\"")));
        }

        @Test
        void bufferMayBeHeapDirectReadOnlyOrPartOfAnother() throws MalformedFrame {
            ByteBuffer text = frame("xx{\"id\":2,\"rpc\":{\"data\":[ 7 ]}}\n{\"id\":3,\"rpc\":{\"data\":\"é\"}}yy");
            ByteBuffer direct = ByteBuffer.allocateDirect(text.capacity())
                    .put(text.duplicate())
                    .flip();
            for (ByteBuffer whole : List.of(text, text.asReadOnlyBuffer(), direct)) {
                ByteBuffer part = whole.position(2).limit(whole.capacity() - 2);
                List<Command> expected = List.of(
                        new Command.Rpc(2, "", Payload.of("[ 7 ]")), new Command.Rpc(3, "", Payload.of("\"é\"")));
                assertThat(commands(part)).isEqualTo(expected);
                assertThat(commands(part.slice())).isEqualTo(expected);
                assertThat(part.position()).isEqualTo(2);
                assertThat(part.remaining()).isEqualTo(whole.capacity() - 4);
            }
        }
    }

    @Nested
    @DisplayName("which command it is")
    class Kinds {
        private static final List<String> IN_ORDER = List.of(
                "\"connect\":{}",
                "\"subscribe\":{\"channel\":\"x\"}",
                "\"unsubscribe\":{\"channel\":\"x\"}",
                "\"publish\":{\"channel\":\"x\"}",
                "\"presence\":{\"channel\":\"x\"}",
                "\"presence_stats\":{\"channel\":\"x\"}",
                "\"history\":{\"channel\":\"x\"}",
                "\"rpc\":{}",
                "\"send\":{}",
                "\"refresh\":{}",
                "\"sub_refresh\":{\"channel\":\"x\"}");

        @Test
        void ofSeveralBodiesTheFirstInTheProtocolsOrderCounts() throws MalformedFrame {
            for (int first = 0; first < IN_ORDER.size(); first++) {
                Command alone =
                        commands("{\"id\":1," + IN_ORDER.get(first) + "}").get(0);
                for (int second = first; second < IN_ORDER.size(); second++) {
                    String one = IN_ORDER.get(first);
                    String other = IN_ORDER.get(second);
                    assertThat(commands("{\"id\":1," + one + ',' + other + '}')).containsExactly(alone);
                    assertThat(commands("{" + other + ',' + one + ",\"id\":1}")).containsExactly(alone);
                }
            }
        }

        @Test
        void ofABodyThatComesTwiceTheLastOneCounts() throws MalformedFrame {
            assertThat(commands(
                            "{\"id\":1,\"rpc\":{\"method\":\"a\",\"data\":1},\"send\":{},\"rpc\":{\"method\":\"b\"}}"))
                    .containsExactly(new Command.Rpc(1, "b", null));
            refused("{\"id\":1,\"rpc\":[],\"rpc\":{}}", "rpc is not an object");
        }

        @Test
        void channelOfABodyThatDoesNotCountMayBeMissingButItsTypesMayNotBeWrong() throws MalformedFrame {
            assertThat(commands("{\"id\":1,\"rpc\":{},\"sub_refresh\":{}}"))
                    .containsExactly(new Command.Rpc(1, "", null));
            refused("{\"id\":1,\"rpc\":{},\"sub_refresh\":{\"token\":1}}", "token is not a string");
        }

        @Test
        void idMayStandBehindTheBody() throws MalformedFrame {
            assertThat(commands("{\"rpc\":{\"method\":\"m\"},\"id\":9}"))
                    .containsExactly(new Command.Rpc(9, "m", null));
        }

        @Test
        void everyCommandButSendNeedsAnId() throws MalformedFrame {
            for (String body : IN_ORDER) {
                if (body.startsWith("\"send\"")) continue;
                refused("{" + body + "}", "a command without an id");
                refused("{\"id\":0," + body + "}", "a command without an id");
            }
            assertThat(commands("{\"send\":{}}\n{\"id\":5,\"send\":{}}"))
                    .containsExactly(new Command.Send(null), new Command.Send(null));
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"id\":1}", "{\"id\":1,\"ping\":{}}", "{\"id\":1,\"connect\":null}"})
        void idWithoutAKnownBodyIsAFault(String frame) {
            refused(frame, "a command without a known body");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "{ }", "{\"id\":0}", "{\"id\":null}", "{\"later\":[{}]}", "{\"rpc\":null}"})
        void nothingAtAllIsAPong(String frame) throws MalformedFrame {
            assertThat(commands(frame)).containsExactly(PONG);
        }

        @Test
        void emptyChannelIsAMissingOne() {
            refused("{\"id\":1,\"subscribe\":{\"channel\":\"\"}}", "no channel in subscribe");
            refused("{\"id\":1,\"sub_refresh\":{}}", "no channel in sub_refresh");
        }

        @Test
        void positionWithoutRecoverIsNoWishToRecover() throws MalformedFrame {
            assertThat(commands("{\"id\":1,\"subscribe\":{\"channel\":\"x\",\"offset\":5,\"epoch\":\"e\"}}"))
                    .containsExactly(new Command.Subscribe(1, SubscribeRequest.to("x")));
        }

        @Test
        void channelOfARequestInsideConnectIsTheNameItIsFiledUnder() throws MalformedFrame {
            assertThat(commands("{\"id\":1,\"connect\":{\"subs\":{\"x\":{\"channel\":\"y\"}}}}"))
                    .singleElement()
                    .satisfies(
                            c -> assertThat(((Command.Connect) c).subs()).containsEntry("x", SubscribeRequest.to("x")));
        }
    }

    @Nested
    @DisplayName("what a fault tells")
    class Faults {
        @Test
        void faultNamesTheCloseAndQuotesNothing() {
            assertThatThrownBy(() -> commands("{\"id\":1,\"connect\":{\"token\":[\"s3cret\"]}}"))
                    .isInstanceOfSatisfying(MalformedFrame.class, fault -> {
                        assertThat(fault.disconnect()).isEqualTo(Disconnect.BAD_REQUEST);
                        assertThat(fault).hasMessage("token is not a string").hasNoCause();
                        assertThat(fault.getStackTrace()).isEmpty();
                    });
            refused("{\"id\":1,\"connect\":{\"token\":\"s3cret}}", "not JSON");
        }

        @Test
        void recordsKeepTokensOutOfLogs() throws MalformedFrame {
            List<Command> all = commands("""
                    {"id":1,"connect":{"token":"s3cret","data":"s3cret","headers":{"a":"s3cret"},"subs":{"x":{"token":"s3cret"}}}}
                    {"id":2,"subscribe":{"channel":"x","token":"s3cret","data":"s3cret"}}
                    {"id":3,"refresh":{"token":"s3cret"}}
                    {"id":4,"sub_refresh":{"channel":"x","token":"s3cret"}}
                    {"id":5,"publish":{"channel":"x","data":"s3cret"}}
                    {"id":6,"rpc":{"method":"m","data":"s3cret"}}
                    {"send":{"data":"s3cret"}}
                    """);
            assertThat(all).hasSize(7);
            assertThat(all.toString()).doesNotContain("s3cret");
        }
    }
}
