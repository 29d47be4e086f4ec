package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is answered at the address of a server itself. */
class FrontDeskTest {
    private final HttpClient http = HttpClient.newHttpClient();

    private java.net.http.HttpResponse<String> ask(String method, String path, Consumer<OpenlineOptions> options)
            throws Exception {
        try (OpenlineServer server =
                OpenlineServer.create(options.andThen(o -> o.port(0))).start()) {
            URI address = URI.create("http://127.0.0.1:" + server.port() + path);
            return http.send(
                    java.net.http.HttpRequest.newBuilder(address)
                            .method(method, java.net.http.HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void whoFollowsItIsToldWhatItIsAndNothingAboutThisOne() throws Exception {
        var answer = ask("GET", "/", o -> o.nodeName("one-of-ours"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(answer.body())
                .startsWith("This is an Openline server")
                .contains("/connection/websocket", "/api/openapi.json")
                .doesNotContain(OpenlineServer.version(), "one-of-ours");
    }

    @Test
    void nothingElseIsThere() throws Exception {
        assertThat(ask("POST", "/", o -> {}).statusCode()).isEqualTo(405);
        assertThat(ask("GET", "/elsewhere", o -> {}).statusCode()).isEqualTo(404);
    }

    @Test
    void pagesGoBeforeIt() throws Exception {
        HttpResponse page = HttpResponse.text(200, "a page");
        var answer = ask("GET", "/", o -> o.pages((HttpRequest request) -> CompletableFuture.completedStage(page)));
        assertThat(answer.body()).isEqualTo("a page");
    }
}
