package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ErrorReply;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The API over real sockets, with operations that the test plays: who may call what, and what is answered how. */
class HttpApiTest {
    private static ServedApi server;
    private static ServedApi strict;

    @BeforeAll
    static void start() throws Exception {
        server = ServedApi.start(ApiErrorMode.REPLY);
        strict = ServedApi.start(ApiErrorMode.TRANSPORT);
    }

    @AfterAll
    static void stop() {
        server.close();
        strict.close();
    }

    @BeforeEach
    void begin() {
        server.begin();
        strict.begin();
    }

    @ParameterizedTest
    @EnumSource(ApiMethod.class)
    void everyMethodIsCarriedOutOnceAndAnsweredWithOneObject(ApiMethod method) throws Exception {
        HttpResponse<String> answer = server.post("/api/" + method.methodName(), "all", ServedApi.least(method));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(JsonText.object(JsonText.parse(answer.body())).keySet())
                .containsExactly(
                        switch (method) {
                            case BATCH -> "replies";
                            case RPC -> "error";
                            default -> "result";
                        });
        List<ApiMethod> asked =
                server.operations.takeAsked().stream().map(ApiMethod::of).toList();
        switch (method) {
            case BATCH, RPC -> assertThat(asked).isEmpty();
            case BROADCAST -> assertThat(asked).containsExactly(ApiMethod.PUBLISH);
            default -> assertThat(asked).containsExactly(method);
        }
    }

    @ParameterizedTest
    @EnumSource(ApiMethod.class)
    void withoutAKeyThatOpensNothingIsCarriedOut(ApiMethod method) throws Exception {
        String target = "/api/" + method.methodName();
        for (String wrong : List.of("", "al", "alll", "ALL", "publisher, all")) {
            HttpResponse<String> answer = server.post(target, wrong, ServedApi.least(method));
            assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).hasValue("apikey");
        }
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(ServedApi.least(method));
        assertThat(ServedApi.send(server.to(target).POST(body)).statusCode()).isEqualTo(401);
        assertThat(ServedApi.send(server.to(target)
                                .header("Authorization", "Bearer all")
                                .POST(body))
                        .statusCode())
                .isEqualTo(401);
        assertThat(ServedApi.send(server.to(target + "?api_key=wrong").POST(body))
                        .statusCode())
                .isEqualTo(401);
        assertThat(server.operations.takeAsked()).isEmpty();
    }

    @Test
    void aKeyComesInAHeaderOfItsOwnAsAuthorizationOrInTheQuery() throws Exception {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{}");
        assertThat(ServedApi.send(server.to("/api/info")
                                .header("x-api-key", "all")
                                .POST(body))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ServedApi.send(server.to("/api/info")
                                .header("Authorization", "apikey all")
                                .POST(body))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ServedApi.send(server.to("/api/info")
                                .header("Authorization", "ApiKey all")
                                .POST(body))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ServedApi.send(server.to("/api/info?api_key=all").POST(body)).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void onlyPostIsAnsweredAndPagesOfOtherOriginsAreToldNothing(String method) throws Exception {
        for (String target : List.of("/api/info", "/api")) {
            for (String key : List.of("all", "wrong")) {
                HttpResponse<String> answer = ServedApi.send(server.to(target)
                        .header("X-API-Key", key)
                        .header("Origin", "https://elsewhere.example")
                        .header("Access-Control-Request-Method", "POST")
                        .method(method, HttpRequest.BodyPublishers.noBody()));
                assertThat(answer.statusCode()).isEqualTo(key.equals("all") ? 405 : 401);
                assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
                if (key.equals("all"))
                    assertThat(answer.headers().firstValue("allow")).hasValue("POST");
            }
        }
        HttpResponse<String> post = ServedApi.send(server.to("/api/info")
                .header("X-API-Key", "all")
                .header("Origin", "https://elsewhere.example")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(post.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void whatIsNoMethodIs404AndWhatIsNoJsonIs400() throws Exception {
        for (String path : List.of("/api/map_publish", "/api/", "/api/publish/", "/api/Publish", "/api/x/y"))
            assertThat(server.post(path, "all", "{}").statusCode()).as(path).isEqualTo(404);
        for (ApiMethod method : ApiMethod.values()) {
            for (String body : List.of("", "[]", "{", "{}{}", "\u0000"))
                assertThat(server.post("/api/" + method.methodName(), "all", body)
                                .statusCode())
                        .as(body)
                        .isEqualTo(400);
        }
        HttpResponse<String> wrong =
                server.post("/api/publish", "all", "{\"channel\":\"shop:a\",\"data\":1,\"tags\":7}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).isEqualTo("tags is not an object\n");
        assertThat(server.operations.takeAsked()).isEmpty();
    }

    @Test
    void aBodyOfAnyContentTypeIsReadAsJson() throws Exception {
        assertThat(ServedApi.send(server.to("/api/info")
                                .header("X-API-Key", "all")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"100, 500", "101, 500", "102, 404", "104, 404", "107, 400", "108, 400", "112, 416", "113, 409"})
    void anErrorIsAnObjectOrInTheTransportModeAStatus(int code, int status) throws Exception {
        ErrorReply error = new ErrorReply(code, "so it is", false);
        server.operations.script = call -> CompletableFuture.completedStage(new ApiReply.Failed<>(error));
        HttpResponse<String> reply = server.post("/api/info", "all", "{}");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"error\":{\"code\":" + code + ",\"message\":\"so it is\"}}");
        strict.operations.script = server.operations.script;
        for (ServedApi asked : List.of(server, strict)) {
            HttpRequest.Builder request =
                    asked.to("/api/info?api_key=all").POST(HttpRequest.BodyPublishers.ofString("{}"));
            if (asked == server) request.header("X-Centrifugo-Error-Mode", "transport");
            HttpResponse<String> transport = ServedApi.send(request);
            assertThat(transport.statusCode()).isEqualTo(status);
            assertThat(transport.body()).isEqualTo("{\"code\":" + code + ",\"message\":\"so it is\"}");
            assertThat(transport.headers().firstValue("content-type")).hasValue("application/json");
        }
    }

    @Test
    void partsOfABatchKeepTheirErrorsInTheTransportModeToo() throws Exception {
        HttpResponse<String> answer = ServedApi.send(server.to("/api/batch")
                .header("X-API-Key", "all")
                .header("X-Centrifugo-Error-Mode", "transport")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"commands\":[{\"presence\":{}},{\"rpc\":{\"method\":\"m\"}},"
                                + "{\"presence_stats\":{\"channel\":\"a\"}}]}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"replies\":[{\"error\":{\"code\":107,\"message\":\"bad request: channel is missing\"}},"
                        + "{\"error\":{\"code\":104,\"message\":\"method not found\"}},"
                        + "{\"presence_stats\":{\"num_clients\":0,\"num_users\":0}}]}");
    }

    @Test
    void theLegacyEndpointAnswersLineByLineInOrder() throws Exception {
        HttpResponse<String> answer = server.post(
                "/api",
                "all",
                "{\"method\":\"presence_stats\",\"params\":{\"channel\":\"a\"}}\n"
                        + "{\"method\":\"other\"}\n"
                        + "{\"method\":\"publish\"}\n"
                        + "{\"method\":\"batch\",\"params\":{\"commands\":[{\"history\":{\"channel\":\"a\"}}]}}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"result\":{\"num_clients\":0,\"num_users\":0}}\n"
                        + "{\"error\":{\"code\":104,\"message\":\"method not found\"}}\n"
                        + "{\"error\":{\"code\":107,\"message\":\"bad request: channel is missing\"}}\n"
                        + "{\"replies\":[{\"history\":{\"publications\":[],\"epoch\":\"e\",\"offset\":0}}]}\n");
        assertThat(server.post("/api", "wrong", "{\"method\":\"info\"}").statusCode())
                .isEqualTo(401);
        assertThat(server.post("/api", "reader", "{\"method\":\"info\"}\n{\"method\":\"disconnect\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.post("/api", "all", "{\"method\":\"info\"}\n{").statusCode())
                .isEqualTo(400);
        HttpResponse<String> tooMany = server.post("/api", "all", "{\"method\":\"info\"}\n".repeat(1_001));
        assertThat(tooMany.statusCode()).isEqualTo(400);
        assertThat(tooMany.body()).isEqualTo("1001 commands, maxBatchCommands is 1000\n");
        assertThat(server.operations.takeAsked().stream().map(ApiMethod::of))
                .containsExactly(ApiMethod.PRESENCE_STATS, ApiMethod.HISTORY);
    }

    @Test
    void whatFailsIsError100AndOneLineWithoutKeysAndPayloads() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.DEBUG);
        try {
            server.operations.script = call -> CompletableFuture.failedStage(new IllegalStateException("on purpose"));
            HttpRequest.Builder request = server.to("/api/publish?api_key=all&other=s3cret")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"channel\":\"a\",\"data\":\"pa1load\"}"));
            assertThat(ServedApi.send(request).body())
                    .isEqualTo("{\"error\":{\"code\":100,\"message\":\"internal server error\"}}");
            assertThat(ServedApi.send(server.to("/api/publish?api_key=s3cret")
                                    .POST(HttpRequest.BodyPublishers.ofString("{}")))
                            .statusCode())
                    .isEqualTo(401);
        } finally {
            root.setLevel(level);
            root.detachAppender(lines);
        }
        assertThat(lines.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)))
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).isEqualTo("the API's method publish failed"));
        assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                .noneMatch(line -> line.contains("s3cret") || line.contains("pa1load") || line.contains("api_key"));
    }

    @Test
    void healthIsToldToEverybodyWhoReads() throws Exception {
        HttpResponse<String> health = ServedApi.send(server.to("/health"));
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("{}");
        for (String target : List.of("/health", "/api/openapi.json"))
            assertThat(ServedApi.send(server.to(target).POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(405);
    }
}
