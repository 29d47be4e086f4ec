package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches, the legacy endpoint, what is wrong with a call by itself, and how answers are spelled. */
class ApiCodecTest {
    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String spelled(ApiResult result) {
        return new String(ApiCodec.encode(new ApiReply.Done<>(result)), StandardCharsets.UTF_8);
    }

    @Test
    void aBatchHoldsItsCommandsInOrder() throws MalformedFrame {
        ApiCall.Batch batch = (ApiCall.Batch)
                ApiCodec.call(
                        ApiMethod.BATCH,
                        bytes(
                                "{\"parallel\":true,\"commands\":[{\"publish\":{\"channel\":\"a\",\"data\":1}},"
                                        + "{\"unknown\":1,\"broadcast\":{\"channels\":[\"b\"],\"data\":1}},{\"history\":{\"channel\":\"c\"}}]}"));
        assertThat(batch.order()).isEqualTo(ApiCall.Order.AT_ONCE);
        assertThat(batch.commands().stream().map(ApiMethod::of))
                .containsExactly(ApiMethod.PUBLISH, ApiMethod.BROADCAST, ApiMethod.HISTORY);
        assertThat(batch.commands().stream().map(ApiCall::flaw)).containsOnlyNulls();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"map_publish\":{}}", "{\"batch\":{\"commands\":[]}}", "{\"publish\":null}"})
    void aCommandWithoutAKnownBodyIsWrongByItselfAndHarmsNoOther(String command) throws MalformedFrame {
        ApiCall.Batch batch = (ApiCall.Batch) ApiCodec.call(
                ApiMethod.BATCH, bytes("{\"commands\":[" + command + ",{\"presence\":{\"channel\":\"a\"}}]}"));
        assertThat(batch.commands().get(0).flaw()).isNotNull();
        assertThat(batch.commands().get(1).flaw()).isNull();
    }

    @Test
    void aCommandWithTwoBodiesIsAFault() {
        assertThatThrownBy(
                        () -> ApiCodec.call(ApiMethod.BATCH, bytes("{\"commands\":[{\"info\":{},\"channels\":{}}]}")))
                .isInstanceOf(MalformedFrame.class);
    }

    @Test
    void theLegacyEndpointReadsALineForEachCommandAndParametersOnEitherSideOfTheMethod() throws MalformedFrame {
        assertThat(ApiCodec.lines(bytes("{\"method\":\"presence\",\"params\":{\"channel\":\"a\"}}\n\r\n"
                        + "{\"params\":{\"channel\":\"b\"},\"method\":\"presence\"}\r\n{\"method\":\"info\"}\n"
                        + "{\"method\":\"other\",\"params\":[1]}")))
                .containsExactly(
                        new ApiCall.Presence("a"),
                        new ApiCall.Presence("b"),
                        new ApiCall.Info(),
                        new ApiCall.Rpc("other", Payload.of("[1]")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n \n",
                "1",
                "{\"method\":1}",
                "{\"method\":\"info\"} {\"method\":\"info\"}",
                "{\"method\":\"presence\",\"params\":1}",
                "{\"method\":\"info\"}\n{"
            })
    void aLineOfTheLegacyEndpointThatIsNoCommandSpoilsAll(String body) {
        assertThatThrownBy(() -> ApiCodec.lines(bytes(body))).isInstanceOf(MalformedFrame.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "[]", "null", "\"a\"", "{", "{} {}", "{\"channel\":\"\\ud800\"}"})
    void aBodyThatIsNotOneObjectIsAFaultOfEveryMethod(String body) {
        for (ApiMethod method : ApiMethod.values()) {
            if (body.contains("channel") && !method.members().contains("channel")) continue;
            assertThatThrownBy(() -> ApiCodec.call(method, bytes(body)))
                    .as(method.methodName())
                    .isInstanceOf(MalformedFrame.class);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "publish | {\"data\":1} | channel is missing",
                "broadcast | {\"data\":1} | channels is missing",
                "broadcast | {\"channels\":[]} | channels is missing",
                "subscribe | {\"user\":\"u\"} | channel is missing",
                "presence | {} | channel is missing",
                "presence_stats | {} | channel is missing",
                "history | {} | channel is missing",
                "history | {\"channel\":\"a\",\"reverse\":true,\"since\":{}} | nothing is before offset 0",
                "history_remove | {} | channel is missing",
                "revoke_token | {} | uid is missing",
                "invalidate_user_tokens | {} | user is missing",
                "connections | {\"limit\":-1} | limit is negative",
                "rpc | {} | method is missing",
                "disconnect | {\"disconnect\":{\"code\":2999}} | disconnect.code is not in 3000–4999",
                "disconnect | {\"disconnect\":{\"code\":5000}} | disconnect.code is not in 3000–4999",
            })
    void aCallThatNoServerCanCarryOutIs107AndSaysWhy(String method, String body, String why) throws MalformedFrame {
        assertThat(ApiCodec.call(ApiMethod.named(method), bytes(body)).flaw())
                .isEqualTo(new ErrorReply(107, "bad request: " + why, false));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "publish | {\"channel\":\"a\"}",
                "unsubscribe | {}",
                "refresh | {}",
                "channels | {}",
                "info | {}",
                "connections | {}",
                "batch | {}",
                "history | {\"channel\":\"a\",\"since\":{}}",
                "disconnect | {\"disconnect\":{\"code\":3000}}",
                "disconnect | {\"disconnect\":{\"code\":4999}}",
            })
    void whatDependsOnTheServerIsNotJudgedHere(String method, String body) throws MalformedFrame {
        assertThat(ApiCodec.call(ApiMethod.named(method), bytes(body)).flaw()).isNull();
    }

    @Test
    void aDisconnectIs3503UnlessItSaysOtherwiseAndItsReasonFitsACloseFrame() {
        ApiCall.Target all = new ApiCall.Target("u", "", "");
        assertThat(new ApiCall.Disconnect(all, List.of(), 0, "").why()).isEqualTo(Disconnect.FORCE_DISCONNECT);
        assertThat(new ApiCall.Disconnect(all, List.of(), 4500, "off").why()).isEqualTo(new Disconnect(4500, "off"));
        assertThat(new ApiCall.Disconnect(all, List.of(), 4500, "é".repeat(61)).flaw())
                .isNull();
        assertThat(new ApiCall.Disconnect(all, List.of(), 4500, "é".repeat(62)).flaw())
                .isNotNull();
    }

    @Test
    void resultsAreSpelledAsTheReferenceDoes() {
        assertThat(spelled(new ApiResult.Published(new StreamPosition(7, "e"))))
                .isEqualTo("{\"result\":{\"offset\":7,\"epoch\":\"e\"}}");
        assertThat(spelled(new ApiResult.Published(null))).isEqualTo("{\"result\":{}}");
        assertThat(spelled(new ApiResult.Nothing())).isEqualTo("{\"result\":{}}");
        assertThat(spelled(new ApiResult.PresenceStats(0, 0)))
                .isEqualTo("{\"result\":{\"num_clients\":0,\"num_users\":0}}");
        assertThat(spelled(new ApiResult.Presence(Map.of()))).isEqualTo("{\"result\":{\"presence\":{}}}");
        assertThat(spelled(new ApiResult.History(List.of(), new StreamPosition(0, ""))))
                .isEqualTo("{\"result\":{\"publications\":[],\"epoch\":\"\",\"offset\":0}}");
        Map<String, Integer> channels = new LinkedHashMap<>();
        channels.put("a", 1);
        channels.put("b\"", 2);
        assertThat(spelled(new ApiResult.Channels(channels)))
                .isEqualTo("{\"result\":{\"channels\":{\"a\":{\"num_clients\":1},\"b\\\"\":{\"num_clients\":2}}}}");
        assertThat(spelled(
                        new ApiResult.Info(List.of(new ApiResult.Node("u", "n", "v", 1, 2, 3, 4, 5, new TreeMap<>())))))
                .isEqualTo("{\"result\":{\"nodes\":[{\"uid\":\"u\",\"name\":\"n\",\"version\":\"v\",\"num_clients\":1,"
                        + "\"num_users\":2,\"num_subs\":3,\"num_channels\":4,\"uptime\":5}]}}");
        var counted = new TreeMap<>(Map.of("b", 2L, "a.c", 1L));
        assertThat(spelled(new ApiResult.Info(List.of(new ApiResult.Node("u", "n", "v", 1, 2, 3, 4, 5, counted)))))
                .endsWith("\"uptime\":5,\"metrics\":{\"interval\":0,\"items\":{\"a.c\":1,\"b\":2}}}]}}");
        assertThat(spelled(new ApiResult.Connections(
                        List.of(new ApiResult.Connection("c", "", "websocket", "js", "", 2, 9)), "next")))
                .isEqualTo("{\"result\":{\"connections\":[{\"client\":\"c\",\"user\":\"\",\"transport\":\"websocket\","
                        + "\"name\":\"js\",\"num_channels\":2,\"connected_at\":9}],\"cursor\":\"next\"}}");
    }

    @Test
    void partsOfBroadcastsAndBatchesHaveResultsAndErrorsInOrder() {
        List<ApiReply<ApiResult.Published>> responses = List.of(
                new ApiReply.Done<>(new ApiResult.Published(new StreamPosition(1, "e"))),
                new ApiReply.Failed<>(ErrorReply.UNKNOWN_CHANNEL));
        String parts = "{\"responses\":[{\"result\":{\"offset\":1,\"epoch\":\"e\"}},"
                + "{\"error\":{\"code\":102,\"message\":\"unknown channel\"}}]}";
        ApiResult.Broadcasted broadcast = new ApiResult.Broadcasted(responses);
        assertThat(spelled(broadcast)).isEqualTo("{\"result\":" + parts + "}");
        assertThat(spelled(new ApiResult.Replies(List.of(
                        new ApiResult.BatchReply(ApiMethod.BROADCAST, new ApiReply.Done<>(broadcast)),
                        new ApiResult.BatchReply(
                                ApiMethod.PRESENCE_STATS, new ApiReply.Done<>(new ApiResult.PresenceStats(1, 1))),
                        new ApiResult.BatchReply(ApiMethod.PUBLISH, new ApiReply.Failed<>(ErrorReply.NOT_AVAILABLE))))))
                .isEqualTo("{\"replies\":[{\"broadcast\":" + parts
                        + "},{\"presence_stats\":{\"num_clients\":1,\"num_users\":1}},"
                        + "{\"error\":{\"code\":108,\"message\":\"not available\"}}]}");
    }

    @Test
    void anErrorStandsInAnObjectOrByItself() {
        assertThat(new String(
                        ApiCodec.encode(new ApiReply.Failed<>(ErrorReply.UNKNOWN_CHANNEL)), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":{\"code\":102,\"message\":\"unknown channel\"}}");
        assertThat(new String(ApiCodec.encode(ErrorReply.UNKNOWN_CHANNEL), StandardCharsets.UTF_8))
                .isEqualTo("{\"code\":102,\"message\":\"unknown channel\"}");
        assertThat(new String(
                        ApiCodec.encode(List.<ApiReply<?>>of(
                                new ApiReply.Done<>(new ApiResult.Nothing()),
                                new ApiReply.Failed<>(ErrorReply.METHOD_NOT_FOUND))),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"result\":{}}\n{\"error\":{\"code\":104,\"message\":\"method not found\"}}\n");
    }

    @Test
    void whatIsNoJsonComesAsBase64AndRawLineBreaksDoNotCome() {
        Payload bytes = Payload.wrap(new byte[] {-1, 0});
        Publication said =
                new Publication(1, bytes, new ClientInfo("u", "c", Payload.of("{\n}"), bytes), Map.of("t", "v"));
        assertThat(spelled(new ApiResult.History(List.of(said), new StreamPosition(1, "e"))))
                .isEqualTo("{\"result\":{\"publications\":[{\"b64data\":\"/wA=\",\"info\":{\"user\":\"u\","
                        + "\"client\":\"c\",\"conn_info\":{},\"b64chan_info\":\"/wA=\"},\"offset\":1,"
                        + "\"tags\":{\"t\":\"v\"}}],\"epoch\":\"e\",\"offset\":1}}");
        ClientInfo who = new ClientInfo("u", "c", null, null);
        assertThat(spelled(new ApiResult.Presence(Map.of("c", who))))
                .isEqualTo("{\"result\":{\"presence\":{\"c\":{\"user\":\"u\",\"client\":\"c\"}}}}");
    }

    @Test
    void whatAPatternChannelGatheredSaysWhereItWasSaid() {
        Publication said = new Publication(1, Payload.of("2"), null, Map.of()).saidOn("news:a");
        assertThat(spelled(new ApiResult.History(List.of(said), new StreamPosition(1, "e"))))
                .isEqualTo("{\"result\":{\"publications\":[{\"data\":2,\"offset\":1,\"channel\":\"news:a\"}],"
                        + "\"epoch\":\"e\",\"offset\":1}}");
    }
}
