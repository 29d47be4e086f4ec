package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.Drained;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that closes says so to its clients before their lines end. */
class GoodbyeTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private OpenlineServer server;

    @BeforeEach
    void start() throws IOException {
        server = OpenlineServer.create(o -> o.insecure()
                        .port(0)
                        .channel(
                                "news",
                                c -> c.history(10, Duration.ofMinutes(1)).presence()))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebSocket dial(WebSocket.Listener listener) throws Exception {
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/connection/websocket");
        return Waiting.forAnswer(http.newWebSocketBuilder().buildAsync(uri, listener));
    }

    private List<JdkEar> twentySubscribers() throws Exception {
        List<JdkEar> ears = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            JdkEar listener = new JdkEar();
            ears.add(listener);
            WebSocket line = dial(listener);
            Waiting.forAnswer(
                    line.sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}", true));
            String replies = ((Event.Text) listener.ear.next()).text();
            if (!replies.contains("\"subscribe\"")) listener.ear.next();
        }
        return ears;
    }

    @Test
    void everyClientHears3001() throws Exception {
        List<JdkEar> ears = twentySubscribers();

        server.close();

        assertThat(ears)
                .allSatisfy(heard -> assertThat(heard.ear.next()).isEqualTo(new Event.Closed(3001, "shutdown")));
        assertThat(server.connectionCount()).isZero();
    }

    @Test
    void aDrainIsOverWhenEveryClientHasHeard3001() throws Exception {
        List<JdkEar> ears = twentySubscribers();

        Drained drained = Waiting.forAnswer(server.drain(Duration.ofHours(1)));

        assertThat(ears)
                .allSatisfy(heard -> assertThat(heard.ear.next()).isEqualTo(new Event.Closed(3001, "shutdown")));
        assertThat(drained).isEqualTo(new Drained(20, 0));
        assertThat(server.connectionCount()).isZero();
    }

    /** It reads nothing, so it never learns that it should answer. */
    @Test
    @Timeout(60)
    void aClientThatDoesNotAnswerHoldsTheServerUpForAShortTimeOnly() throws Exception {
        dial(new WebSocket.Listener() {
            @Override
            public void onOpen(WebSocket line) {}
        });
        Awaitility.await()
                .atMost(Waiting.PATIENCE)
                .untilAsserted(() -> assertThat(server.connectionCount()).isEqualTo(1));

        server.close();
    }
}
