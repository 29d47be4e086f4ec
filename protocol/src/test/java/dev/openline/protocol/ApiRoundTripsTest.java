package dev.openline.protocol;

import static dev.openline.protocol.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("calls that are written and replies that are read, as servers ask each other")
class ApiRoundTripsTest {
    private static final int SEEDS = 3_000;

    private interface Reader {
        ApiReply<?> read(ByteBuffer body) throws MalformedFrame;
    }

    /** The readers of replies, and samples for them. */
    private enum Kind {
        NOTHING(ApiCodec::nothingReply, ApiSamples::nothing),
        CHANNELS(ApiCodec::channelsReply, ApiSamples::channels),
        INFO(ApiCodec::infoReply, ApiSamples::info),
        CONNECTIONS(ApiCodec::connectionsReply, ApiSamples::connections);

        private final Reader reader;
        private final Function<ApiSamples, ApiReply<?>> sample;

        Kind(Reader reader, Function<ApiSamples, ApiReply<?>> sample) {
            this.reader = reader;
            this.sample = sample;
        }

        ApiReply<?> read(String body) throws MalformedFrame {
            return reader.read(frame(body));
        }
    }

    private static String text(ApiCall call) {
        return new String(ApiCodec.encode(call), StandardCharsets.UTF_8);
    }

    private static ApiCall readAgain(ApiCall call) throws MalformedFrame {
        return ApiCodec.call(ApiMethod.of(call), ByteBuffer.wrap(ApiCodec.encode(call)));
    }

    @Test
    void callsComeBackAsTheyWere() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ApiCall call = new ApiSamples(seed).call();
            assertThat(readAgain(call)).as("seed %d", seed).isEqualTo(call);
            assertThat(text(call)).as("seed %d", seed).doesNotContain("\n", "\r");
            Map<?, ?> members = (Map<?, ?>) JsonTree.parse(text(call));
            assertThat(ApiMethod.of(call).members()).as("seed %d", seed).containsAll(names(members));
        }
    }

    private static List<String> names(Map<?, ?> members) {
        return members.keySet().stream().map(String.class::cast).toList();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void repliesComeBackAsTheyWere(Kind kind) throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ApiReply<?> reply = kind.sample.apply(new ApiSamples(seed));
            String body = new String(ApiCodec.encode(reply), StandardCharsets.UTF_8);
            assertThat(kind.read(body)).as("seed %d", seed).isEqualTo(reply);
        }
    }

    @ParameterizedTest
    @EnumSource(ApiMethod.class)
    void whatWasNotSentIsNotWritten(ApiMethod method) throws MalformedFrame {
        ApiCall bare = ApiCodec.call(method, frame("{}"));
        assertThat(text(bare)).isEqualTo("{}");
        assertThat(readAgain(bare)).isEqualTo(bare);
    }

    /** What was read must be sayable, whatever it was read from. */
    @Test
    void damagedCallsAreFaultsOrCallsThatComeBack() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ApiCall whole = new ApiSamples(seed).call();
            byte[] bytes = MutationsTest.damaged(ApiCodec.encode(whole), new Random(seed));
            ApiCall read;
            try {
                read = ApiCodec.call(ApiMethod.of(whole), ByteBuffer.wrap(bytes));
            } catch (MalformedFrame expected) {
                continue;
            }
            String as = "seed " + seed + ": " + HexFormat.of().formatHex(bytes);
            assertThat(readAgain(read)).as(as).isEqualTo(read);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void damagedRepliesAreFaultsOrRepliesThatComeBack(Kind kind) throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            byte[] bytes =
                    MutationsTest.damaged(ApiCodec.encode(kind.sample.apply(new ApiSamples(seed))), new Random(seed));
            ApiReply<?> read;
            try {
                read = kind.reader.read(ByteBuffer.wrap(bytes));
            } catch (MalformedFrame expected) {
                continue;
            }
            String as = "seed " + seed + ": " + HexFormat.of().formatHex(bytes);
            assertThat(kind.reader.read(ByteBuffer.wrap(ApiCodec.encode(read))))
                    .as(as)
                    .isEqualTo(read);
        }
    }

    @Test
    void callsAreSpelledAsTheReferenceDoes() {
        ApiCall.Target target = new ApiCall.Target("u", "", "s");
        Payload binary = Payload.wrap(new byte[] {-1, 0});
        assertThat(text(new ApiCall.Disconnect(target, List.of("c"), 4500, "off")))
                .isEqualTo("{\"user\":\"u\",\"session\":\"s\",\"whitelist\":[\"c\"],"
                        + "\"disconnect\":{\"code\":4500,\"reason\":\"off\"}}");
        assertThat(text(new ApiCall.Subscribe(
                        target,
                        "a",
                        Payload.of("{\"i\":1}"),
                        binary,
                        new StreamPosition(3, "e"),
                        9,
                        Map.of(ApiCall.Overridable.JOIN_LEAVE, true, ApiCall.Overridable.PRESENCE, false))))
                .isEqualTo(
                        "{\"channel\":\"a\",\"user\":\"u\",\"session\":\"s\",\"info\":{\"i\":1},\"b64data\":\"/wA=\","
                                + "\"recover_since\":{\"offset\":3,\"epoch\":\"e\"},\"expire_at\":9,"
                                + "\"override\":{\"presence\":{},\"join_leave\":{\"value\":true}}}");
        assertThat(text(new ApiCall.Refresh(target, ApiCall.Lifetime.IS_OVER, 7, binary)))
                .isEqualTo("{\"user\":\"u\",\"session\":\"s\",\"expired\":true,\"expire_at\":7,\"b64info\":\"/wA=\"}");
        assertThat(text(new ApiCall.Connections("", "a*", 5, "c")))
                .isEqualTo("{\"user\":\"\",\"pattern\":\"a*\",\"limit\":5,\"cursor\":\"c\"}");
        assertThat(text(new ApiCall.Batch(
                        List.of(new ApiCall.Channels("a*"), new ApiCall.Info(), new ApiCall.Rpc("", null)),
                        ApiCall.Order.AT_ONCE)))
                .isEqualTo("{\"commands\":[{\"channels\":{\"pattern\":\"a*\"}},{\"info\":{}},{\"rpc\":{}}],"
                        + "\"parallel\":true}");
    }

    @Test
    void whatTheApiHasNoWordsForIsTheCallersFault() {
        ApiCall.Target target = new ApiCall.Target("u", "", "");
        List<ApiCall> unsayable = List.of(
                new ApiCall.Refresh(target, ApiCall.Lifetime.GOES_ON, -1, null),
                new ApiCall.Disconnect(target, List.of(), -1, ""),
                new ApiCall.RevokeToken("t", -1),
                new ApiCall.InvalidateUserTokens("u", -1, 0),
                new ApiCall.Channels("\ud800"),
                new ApiCall.Rpc("m", Payload.of("null")),
                new ApiCall.Rpc("m", Payload.of("{\n}")),
                new ApiCall.Rpc("m", Payload.wrap(new byte[0])),
                new ApiCall.Rpc("m", Payload.of("{")));
        for (ApiCall call : unsayable)
            assertThatThrownBy(() -> ApiCodec.encode(call))
                    .as(call.toString())
                    .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void repliesAreReadInAnyOrderAndStrangersAreSteppedOver() throws MalformedFrame {
        assertThat(ApiCodec.channelsReply(frame("{\"new\":[{}],\"error\":null,\"result\":{\"new\":{},\"channels\":"
                        + "{\"a\":{\"new\":1,\"num_clients\":2},\"b\":{},\"c\":null}}}")))
                .isEqualTo(new ApiReply.Done<>(new ApiResult.Channels(Map.of("a", 2, "b", 0))));
        assertThat(ApiCodec.nothingReply(frame("{\"result\":{\"new\":1}}")))
                .isEqualTo(new ApiReply.Done<>(new ApiResult.Nothing()));
        assertThat(ApiCodec.infoReply(frame("{\"result\":{\"nodes\":[{\"process\":{},\"uptime\":5,\"uid\":\"u\","
                        + "\"metrics\":{\"items\":{\"m\":-1},\"interval\":1.5}}]}}")))
                .isEqualTo(new ApiReply.Done<>(new ApiResult.Info(
                        List.of(new ApiResult.Node("u", "", "", 0, 0, 0, 0, 5, new TreeMap<>(Map.of("m", -1L)))))));
        assertThat(ApiCodec.connectionsReply(frame("{\"result\":{}}")))
                .isEqualTo(new ApiReply.Done<>(new ApiResult.Connections(List.of(), "")));
    }

    @Test
    void ofTheErrorsThatAreReadTwoCodesAreTemporary() throws MalformedFrame {
        List<Integer> temporary = new ArrayList<>();
        for (int code = 100; code <= 112; code++) {
            ErrorReply error = new ErrorReply(code, "", false);
            ApiReply<?> read = ApiCodec.nothingReply(ByteBuffer.wrap(ApiCodec.encode(new ApiReply.Failed<>(error))));
            if (((ApiReply.Failed<?>) read).error().temporary()) temporary.add(code);
        }
        assertThat(temporary).containsExactly(100, 111);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "[]",
                "null",
                "{}",
                "{",
                "{\"result\":{}} {}",
                "{\"result\":null}",
                "{\"result\":[]}",
                "{\"result\":{},\"error\":{}}",
                "{\"error\":\"a\"}",
                "{\"error\":{\"code\":-1}}",
                "{\"error\":{\"message\":1}}"
            })
    void aBodyThatIsNoReplyIsAFaultOfEveryReader(String body) {
        for (Kind kind : Kind.values())
            assertThatThrownBy(() -> kind.read(body)).as(kind.name()).isInstanceOf(MalformedFrame.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHANNELS {'channels':[]}",
                "CHANNELS {'channels':{'a':1}}",
                "CHANNELS {'channels':{'a':{'num_clients':-1}}}",
                "CHANNELS {'channels':{'a':{'num_clients':2147483648}}}",
                "CHANNELS {'channels':{'\\ud800':{}}}",
                "INFO {'nodes':{}}",
                "INFO {'nodes':[null]}",
                "INFO {'nodes':[{'uid':1}]}",
                "INFO {'nodes':[{'name':1}]}",
                "INFO {'nodes':[{'version':1}]}",
                "INFO {'nodes':[{'num_clients':-1}]}",
                "INFO {'nodes':[{'num_users':-1}]}",
                "INFO {'nodes':[{'num_subs':-1}]}",
                "INFO {'nodes':[{'num_channels':-1}]}",
                "INFO {'nodes':[{'uptime':1.5}]}",
                "INFO {'nodes':[{'metrics':[]}]}",
                "INFO {'nodes':[{'metrics':{'items':{'a':1.5}}}]}",
                "CONNECTIONS {'connections':{}}",
                "CONNECTIONS {'connections':[1]}",
                "CONNECTIONS {'connections':[{'client':1}]}",
                "CONNECTIONS {'connections':[{'user':1}]}",
                "CONNECTIONS {'connections':[{'transport':1}]}",
                "CONNECTIONS {'connections':[{'name':1}]}",
                "CONNECTIONS {'connections':[{'version':1}]}",
                "CONNECTIONS {'connections':[{'num_channels':'1'}]}",
                "CONNECTIONS {'connections':[{'connected_at':-1}]}",
                "CONNECTIONS {'cursor':1}"
            })
    void aMemberOfAnotherTypeIsAFault(String kindAndResult) {
        String[] parts = kindAndResult.split(" ", 2);
        String body = "{\"result\":" + parts[1].replace('\'', '"') + "}";
        assertThatThrownBy(() -> Kind.valueOf(parts[0]).read(body)).isInstanceOf(MalformedFrame.class);
    }

    /** Names are kept in a table while a message is read, and that has to hold as many as a server has channels. */
    @Test
    void aHundredThousandChannelsAreRead() throws MalformedFrame {
        Map<String, Integer> clients = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) clients.put("user:" + i + "#é", i);
        ApiReply<ApiResult.Channels> reply = new ApiReply.Done<>(new ApiResult.Channels(clients));
        assertThat(ApiCodec.channelsReply(ByteBuffer.wrap(ApiCodec.encode(reply))))
                .isEqualTo(reply);
    }
}
