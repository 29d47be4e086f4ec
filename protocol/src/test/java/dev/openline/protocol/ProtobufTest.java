package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("messages in Protobuf")
class ProtobufTest {
    private static final int SEEDS = 2_000;

    private static List<Command> commands(byte[] frame) throws MalformedFrame {
        CommandReader reader = Encoding.PROTOBUF.commands(ByteBuffer.wrap(frame));
        List<Command> all = new ArrayList<>();
        for (Command next = reader.next(); next != null; next = reader.next()) all.add(next);
        return all;
    }

    private static List<ServerMessage> serverMessages(byte[] frame) throws MalformedFrame {
        ServerMessageReader reader = Encoding.PROTOBUF.serverMessages(ByteBuffer.wrap(frame));
        List<ServerMessage> all = new ArrayList<>();
        for (ServerMessage next = reader.next(); next != null; next = reader.next()) all.add(next);
        return all;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void whatOneSideWritesTheOtherReads() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Samples samples = new Samples(seed);
            Command command = samples.command();
            assertThat(commands(Encoding.PROTOBUF.encode(command)))
                    .as("seed %d", seed)
                    .containsExactly(command);
            ServerMessage message = samples.serverMessage();
            assertThat(serverMessages(Encoding.PROTOBUF.encode(message)))
                    .as("seed %d", seed)
                    .containsExactly(message);
        }
    }

    @Test
    void framesKeepTheOrderOfTheirMessages() throws MalformedFrame {
        MessageFrame commands = Encoding.PROTOBUF.frame();
        MessageFrame messages = Encoding.PROTOBUF.frame();
        for (long seed = 1; seed <= 300; seed++) {
            Samples samples = new Samples(seed);
            List<Command> said = new ArrayList<>();
            List<ServerMessage> answered = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                said.add(samples.command());
                answered.add(samples.serverMessage());
            }
            commands.clear();
            said.forEach(commands::add);
            messages.clear();
            answered.forEach(messages::add);
            assertThat(commands(commands.bytes())).as("seed %d", seed).isEqualTo(said);
            assertThat(serverMessages(messages.bytes())).as("seed %d", seed).isEqualTo(answered);
            assertThat(messages.size()).isEqualTo(messages.buffer().remaining());
        }
    }

    /** Written by hand from the numbers in the protocol's catalogue. */
    @Test
    void bytesAreThoseOfTheCatalogue() throws MalformedFrame {
        // length 7; field 1 (id) = 2; field 5 (subscribe), length 3: field 1 (channel) = "a"
        assertThat(commands(hex("07 0802 2a03 0a01 61")))
                .containsExactly(new Command.Subscribe(2, SubscribeRequest.to("a")));
        // id 3; field 7 (publish): channel "a", field 2 (data) = 7b7d
        assertThat(commands(hex("0b 0803 3a07 0a0161 12027b7d")))
                .containsExactly(new Command.Publish(3, "a", Payload.of("{}")));
        // id 1; field 4 (connect): field 1 (token) "t", field 4 (name) "n"
        assertThat(commands(hex("0a 0801 2206 0a0174 22016e"))).containsExactly(Command.Connect.by(1, "n", "t"));
        assertThat(commands(hex("00"))).containsExactly(new Command.Pong());
        assertThat(hex(Encoding.PROTOBUF.encode(new Ping()))).isEqualTo("00");
        // field 4 (push): field 2 (channel) "a", field 4 (pub): field 4 (data) "1", field 6 (offset) 5
        var push = new Push.PublicationPush("a", new Publication(5, Payload.of("1"), null, Map.of()));
        assertThat(hex(Encoding.PROTOBUF.encode(push))).isEqualTo("0c220a1201612205220131" + "3005");
        // id 5; field 8 (publish), empty
        assertThat(hex(Encoding.PROTOBUF.encode(new Reply.Done(5, new Result.PublishResult()))))
                .isEqualTo("0408054200");
        // id 1; field 2 (error): code 109, message "x", and temporary
        assertThat(hex(Encoding.PROTOBUF.encode(new Reply.Failed(1, new ErrorReply(109, "x", true)))))
                .isEqualTo("0b08011207086d120178" + "1801");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no message at all
                "05 0802", // shorter than it says
                "80", // a length that ends too soon
                "ffffffffff01", // a length of more than 5 bytes
                "ffffffff0f 00", // 4 GiB announced
                "02 0802", // an id and nothing else
                "04 2a02 0a00", // no id, no channel
                "05 0801 2a01 0a", // a field that ends too soon
                "06 0801 2a02 0801", // the channel as a number
                "07 0801 2a03 0a01 ff", // no UTF-8
                "06 0801 5302 5400", // a group
                "0c 08ffffffffffffffff7f 2200" // an id beyond its range
            })
    void whatIsNoneOfTheLanguageIsRefused(String frame) {
        assertThatThrownBy(() -> commands(hex(frame))).isInstanceOf(MalformedFrame.class);
    }

    @Test
    void fieldsThatNobodyKnowsArePassedOver() throws MalformedFrame {
        // field 100, varint; field 101, bytes; field 102, 4 bytes; field 103, 8 bytes
        String unknown = "a00601 aa060178 b50600000000 b9060000000000000000";
        int length = hex(unknown).length + 7;
        assertThat(commands(hex(Integer.toHexString(length) + unknown + "0802 2a03 0a01 61")))
                .containsExactly(new Command.Subscribe(2, SubscribeRequest.to("a")));
    }

    @Test
    void everyBeginningOfAFrameIsRefusedOrHasFewerMessages() throws MalformedFrame {
        for (long seed = 1; seed <= 200; seed++) {
            Samples samples = new Samples(seed);
            MessageFrame frame =
                    Encoding.PROTOBUF.frame().add(samples.command()).add(samples.command());
            byte[] whole = frame.bytes();
            for (int end = 0; end < whole.length; end++) {
                try {
                    assertThat(commands(Arrays.copyOf(whole, end)))
                            .as("seed %d", seed)
                            .hasSizeLessThan(2);
                } catch (MalformedFrame expected) {
                    // As it should be.
                }
            }
        }
    }

    @Test
    void damageNeverEscapesAndWhatIsUnderstoodComesBackTheSame() {
        for (long seed = 1; seed <= 5 * SEEDS; seed++) {
            Random random = new Random(seed);
            Samples samples = new Samples(seed);
            byte[] frame = random.nextBoolean()
                    ? Encoding.PROTOBUF.encode(samples.command())
                    : Encoding.PROTOBUF.encode(samples.serverMessage());
            for (int i = 1 + random.nextInt(3); i > 0; i--)
                frame[random.nextInt(frame.length)] ^= 1 << random.nextInt(8);
            try {
                readAgain(frame);
            } catch (Exception | StackOverflowError | AssertionError e) {
                fail("seed " + seed + ": " + hex(frame), e);
            }
        }
    }

    private static void readAgain(byte[] frame) throws MalformedFrame {
        try {
            List<Command> read = commands(frame);
            MessageFrame again = Encoding.PROTOBUF.frame();
            read.forEach(again::add);
            assertThat(commands(again.bytes())).isEqualTo(read);
        } catch (MalformedFrame expected) {
            // As it may be.
        }
        try {
            List<ServerMessage> read = serverMessages(frame);
            MessageFrame again = Encoding.PROTOBUF.frame();
            read.forEach(again::add);
            if (!read.isEmpty()) assertThat(serverMessages(again.bytes())).isEqualTo(read);
        } catch (MalformedFrame expected) {
            // As it may be.
        }
    }

    @Test
    void filtersAreReadOnlySoDeep() {
        TagsFilter filter = new TagsFilter("", "k", "ex", "", List.of(), List.of());
        for (int i = 0; i < 1_000; i++) filter = new TagsFilter("not", "", "", "", List.of(), List.of(filter));
        var request = new SubscribeRequest("a", "", null, null, java.util.Set.of(), "", filter, 0, 0);
        byte[] frame = Encoding.PROTOBUF.encode(new Command.Subscribe(1, request));
        assertThatThrownBy(() -> commands(frame))
                .isInstanceOf(MalformedFrame.class)
                .hasMessageContaining("nested");
    }

    @Test
    void commandsOfAnEmulatedSessionComeInEitherEncoding() throws MalformedFrame {
        // field 1 (node) "n", field 2 (session) "s", field 3 (data) 00
        EmulationRequest binary =
                EmulationRequest.decode(Encoding.PROTOBUF, ByteBuffer.wrap(hex("0a016e 120173 1a0100")));
        assertThat(binary.node() + binary.session()).isEqualTo("ns");
        assertThat(binary.data()).containsExactly(0);
        EmulationRequest text = EmulationRequest.decode(
                Encoding.JSON, Frames.frame("{\"session\":\"s\",\"node\":\"n\",\"data\":\"{}\\n{}\"}"));
        assertThat(text.data()).asString().isEqualTo("{}\n{}");
        assertThat(text.toString()).doesNotContain("s\"").doesNotContain("{}");
    }
}
