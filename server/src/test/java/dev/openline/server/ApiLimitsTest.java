package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMethod;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is beyond a limit is answered with the name of the limit, and not carried out. */
class ApiLimitsTest {
    private static ServedApi server;

    @BeforeAll
    static void start() throws Exception {
        server = ServedApi.start(ApiErrorMode.REPLY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void begin() {
        server.begin();
    }

    @Test
    void aBroadcastToTenThousandChannelsIsRefusedByTheLimitThatItNames() throws Exception {
        String channels =
                IntStream.range(0, 10_000).mapToObj(i -> "\"shop:" + i + "\"").collect(Collectors.joining(","));
        HttpResponse<String> answer =
                server.post("/api/broadcast", "all", "{\"channels\":[" + channels + "],\"data\":1}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"error\":{\"code\":107,\"message\":\"bad request: 10000 channels, "
                        + "maxBroadcastChannels is 1000\"}}");
        HttpResponse<String> batch = server.post(
                "/api/batch",
                "all",
                "{\"commands\":[{\"info\":{}}" + ",{\"presence\":{\"channel\":\"a\"}}".repeat(1_000) + "]}");
        assertThat(batch.body()).contains("1001 commands, maxBatchCommands is 1000");
        assertThat(server.operations.takeAsked()).isEmpty();
    }

    @Test
    void aTextThatIsTooLongIsRefusedByTheLimitThatItNames() throws Exception {
        Map<String, List<String>> texts = Map.of(
                "publish", List.of("channel", "idempotency_key"),
                "broadcast", List.of("idempotency_key"),
                "subscribe", List.of("channel", "user", "client", "session"),
                "unsubscribe", List.of("channel", "user", "client", "session"),
                "disconnect", List.of("user", "client", "session"),
                "refresh", List.of("user", "client", "session"),
                "channels", List.of("pattern"),
                "connections", List.of("user", "pattern", "cursor"),
                "rpc", List.of("method"));
        List<String[]> bodies = new ArrayList<>();
        texts.forEach((method, members) -> members.forEach(member ->
                bodies.add(new String[] {method, member, "\"" + member + "\":\"" + "é".repeat(513) + "\""})));
        for (String member : List.of("presence", "presence_stats", "history", "history_remove"))
            bodies.add(new String[] {member, "channel", "\"channel\":\"" + "x".repeat(1_025) + "\""});
        bodies.add(new String[] {"revoke_token", "uid", "\"uid\":\"" + "x".repeat(1_025) + "\""});
        bodies.add(new String[] {"invalidate_user_tokens", "user", "\"user\":\"" + "x".repeat(1_025) + "\""});
        bodies.add(new String[] {"publish", "tags", "\"tags\":{\"k\":\"" + "x".repeat(1_025) + "\"}"});
        bodies.add(new String[] {"publish", "tags", "\"tags\":{\"" + "x".repeat(1_025) + "\":\"v\"}"});
        bodies.add(new String[] {
            "publish", "version_epoch", "\"version\":1,\"version_epoch\":\"" + "x".repeat(1_025) + "\""
        });
        bodies.add(new String[] {"history", "since.epoch", "\"since\":{\"epoch\":\"" + "x".repeat(1_025) + "\"}"});
        bodies.add(new String[] {
            "subscribe", "recover_since.epoch", "\"recover_since\":{\"epoch\":\"" + "x".repeat(1_025) + "\"}"
        });
        bodies.add(new String[] {"disconnect", "whitelist", "\"whitelist\":[\"c\",\"" + "x".repeat(1_025) + "\"]"});
        for (String[] body : bodies) {
            String least = ServedApi.least(ApiMethod.named(body[0]));
            String whole = least.equals("{}")
                    ? "{" + body[2] + "}"
                    : least.substring(0, least.length() - 1) + "," + body[2] + "}";
            assertThat(server.post("/api/" + body[0], "all", whole).body())
                    .as(body[0] + " " + body[1])
                    .isEqualTo("{\"error\":{\"code\":107,\"message\":\"bad request: " + body[1]
                            + " is too long, maxTextBytes is 1024\"}}");
        }
        assertThat(server.operations.takeAsked()).isEmpty();
    }

    @Test
    void aPageOfConnectionsIsNeverLargerThanTheLimit() throws Exception {
        for (String limit : List.of("{}", "{\"limit\":0}", "{\"limit\":2147483647}"))
            server.post("/api/connections", "all", limit);
        server.post("/api/connections", "all", "{\"limit\":7}");
        assertThat(server.operations.takeAsked().stream().map(call -> ((ApiCall.Connections) call).limit()))
                .containsExactly(1_000, 1_000, 1_000, 7);
    }
}
