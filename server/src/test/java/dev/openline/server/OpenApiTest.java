package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the description of the API says is what the server does: its examples are sent, and the answers judged by its description.schemas(). */
class OpenApiTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static EventLoops loops;
    private static OpenlineServer server;
    private static ApiDescription description;

    @BeforeAll
    static void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 2);
        server = OpenlineServer.create(o -> o.port(0)
                        .loops(loops)
                        .apiKey("all")
                        .apiKey("none of these", ApiScope.PUBLISH.inNamespaces("elsewhere"))
                        .namespace(
                                "chat",
                                c -> c.history(100, Duration.ofMinutes(5))
                                        .presence()
                                        .joinLeave()))
                .start();
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(at("/api/openapi.json")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        description = new ApiDescription(answer.body());
    }

    @AfterAll
    static void stop() {
        server.close();
        loops.close();
    }

    private static URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> post(String path, String key, @Nullable Object body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
                .header("X-API-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(JsonText.of(body)));
        if (headers.length > 0) request.headers(headers);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private record Example(
            String path, String name, @Nullable Object body) {
        @Override
        public String toString() {
            return path + " " + name;
        }
    }

    static List<Example> examples() {
        List<Example> all = new ArrayList<>();
        JsonText.object(description.document().get("paths")).forEach((path, item) -> {
            if (!JsonText.object(item).containsKey("post")) return;
            Object examples = description.in(item, "post", "requestBody", "content", "application/json", "examples");
            JsonText.object(examples)
                    .forEach((name, example) -> all.add(new Example(path, name, description.in(example, "value"))));
        });
        return all;
    }

    @Test
    void everyCallHasAPathWithAnExample() {
        List<String> called = Arrays.stream(ApiCall.Cases.class.getMethods())
                .map(method ->
                        "/api/" + method.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT))
                .toList();
        assertThat(examples().stream().map(Example::path).filter(path -> !path.equals("/api")))
                .containsAll(called)
                .isSubsetOf(called);
        assertThat(JsonText.object(description.document().get("paths")).keySet())
                .containsAll(called)
                .hasSize(called.size() + 3)
                .contains("/api", "/api/openapi.json", "/health");
    }

    @Test
    void theMembersOfEveryRequestAreThoseThatAreRead() {
        for (ApiMethod method : ApiMethod.values()) {
            Object properties = description.in(description.requestSchema("/api/" + method.methodName()), "properties");
            assertThat(JsonText.object(properties).keySet())
                    .as(method.methodName())
                    .containsExactlyInAnyOrderElementsOf(method.members());
        }
    }

    @Test
    void everySchemaIsUsedAndEveryReferenceLeadsSomewhere() {
        String text = JsonText.of(description.document());
        JsonText.object(description.in(description.document(), "components", "schemas"))
                .keySet()
                .forEach(name -> assertThat(text).contains("\"#/components/schemas/" + name + "\""));
        java.util.regex.Matcher references =
                java.util.regex.Pattern.compile("\"\\$ref\":(\"[^\"]+\")").matcher(text);
        while (references.find()) {
            assertThat(description
                            .schemas()
                            .resolve(JsonText.object(JsonText.parse("{\"$ref\":" + references.group(1) + "}"))))
                    .isNotEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void everyExampleIsRightAndAnsweredAsDescribed(Example example) throws Exception {
        assertThat(description.schemas().faults(description.requestSchema(example.path()), example.body()))
                .isEmpty();
        HttpResponse<String> answer = post(example.path(), "all", example.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        Object body = JsonText.parse(answer.body());
        assertThat(description.schemas().faults(description.answerSchema(example.path(), "post", 200), body))
                .isEmpty();
        Object error = JsonText.object(body).get("error");
        String name = example.path().substring(example.path().lastIndexOf('/') + 1);
        if (name.equals("rpc")) assertThat(description.in(error, "code")).isEqualTo(104L);
        else assertThat(error).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void withoutItsKeyOrScopeEveryExampleIsRefusedAsDescribed(Example example) throws Exception {
        assertThat(post(example.path(), "wrong", example.body()).statusCode()).isEqualTo(401);
        if (example.path().equals("/api/rpc")) return; // which is not there for anybody
        assertThat(post(example.path(), "none of these", example.body()).statusCode())
                .isEqualTo(403);
        for (String status : List.of("400", "401", "403", "413")) {
            description.in(description.document(), "paths", example.path(), "post", "responses", status, "description");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void inTheTransportModeEveryErrorHasADescribedStatus(Example example) throws Exception {
        if (example.path().equals("/api")) return; // which has no such mode
        String elsewhere = JsonText.of(example.body()).replace("chat:", "nowhere:");
        HttpResponse<String> answer =
                post(example.path(), "all", JsonText.parse(elsewhere), "X-Centrifugo-Error-Mode", "transport");
        assertThat(description
                        .schemas()
                        .faults(
                                description.answerSchema(example.path(), "post", answer.statusCode()),
                                JsonText.parse(answer.body())))
                .as("%d %s", answer.statusCode(), answer.body())
                .isEmpty();
    }

    @Test
    void whatIsOpenToAllIsAnsweredAsDescribed() throws Exception {
        for (String path : List.of("/health", "/api/openapi.json")) {
            HttpResponse<String> answer =
                    HTTP.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(description
                            .schemas()
                            .faults(description.answerSchema(path, "get", 200), JsonText.parse(answer.body())))
                    .isEmpty();
        }
    }

    @Test
    void theValidatorFindsWhatIsWrong() {
        Object published = JsonText.parse("{\"$ref\":\"#/components/schemas/Published\"}");
        assertThat(description.schemas().faults(published, JsonText.parse("{\"offset\":1,\"epoch\":\"e\"}")))
                .isEmpty();
        for (String wrong : List.of("1", "[]", "{\"offset\":\"1\"}", "{\"offset\":0}", "{\"epoch\":1}", "{\"x\":1}")) {
            assertThat(description.schemas().faults(published, JsonText.parse(wrong)))
                    .as(wrong)
                    .hasSize(1);
        }
        Object reply = JsonText.parse("{\"$ref\":\"#/components/schemas/Reply\"}");
        for (String wrong : List.of(
                "{}",
                "{\"publish\":{},\"error\":{\"code\":1,\"message\":\"\"}}",
                "{\"error\":{\"code\":1}}",
                "{\"history\":{\"publications\":[{}],\"epoch\":\"\",\"offset\":0}}",
                "{\"channels\":{\"channels\":{\"a\":{\"num_clients\":0}}}}")) {
            assertThat(description.schemas().faults(reply, JsonText.parse(wrong)))
                    .as(wrong)
                    .hasSize(1);
        }
    }
}
