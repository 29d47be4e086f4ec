package dev.openline.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs each program as its main method would be, and talks to it with the JDK's own client. */
class ExamplesTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void echoServerSaysBackWhatItHears() throws Exception {
        try (RunningExample echo = RunningExample.start(EchoServer::main)) {
            Listening client = new Listening();
            WebSocket line = dial(echo.address(), client);

            line.sendText("hello", true).join();

            assertThat(client.next()).isEqualTo("hello");
            line.abort();
        }
    }

    @Test
    void doorServerKnowsWhoseCookieItSaw() throws Exception {
        try (RunningExample door = RunningExample.start(DoorServer::main)) {
            Listening client = new Listening();
            WebSocket line = http.newWebSocketBuilder()
                    .header("Cookie", "theme=dark; session=s3cret")
                    .buildAsync(door.address(), client)
                    .join();

            line.sendText("hello", true).join();

            assertThat(client.next()).isEqualTo("alice in the kitchen: hello");
            line.abort();
            assertThatThrownBy(() -> dial(door.address(), new Listening()))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class);
        }
    }

    @Test
    void clockServerPublishesTheTimeOnItsChannel() throws Exception {
        try (RunningExample clock = RunningExample.start(ClockServer::main)) {
            URI lines = clock.address().resolve("/connection/websocket");
            Listening client = new Listening();
            WebSocket line = dial(URI.create("ws" + lines.toString().substring("http".length())), client);

            line.sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"clock\"}}", true)
                    .join();

            String heard = client.next();
            while (!heard.contains("\"pub\":")) heard = client.next();
            assertThat(heard).containsPattern("\"channel\":\"clock\".*\"data\":\"\\d\\d:\\d\\d");
            line.abort();
        }
    }

    @Test
    void clockReaderPrintsWhatTheServerPublishes() throws Exception {
        try (RunningExample clock = RunningExample.start(ClockServer::main)) {
            System.setProperty("address", "ws://localhost:" + clock.address().getPort());
            try (RunningExample reader = RunningExample.start(ClockReader::main)) {
                assertThat(reader.printed()).containsPattern("\\d\\d:\\d\\d:\\d\\d");
            } finally {
                System.clearProperty("address");
            }
        }
    }

    @Test
    void clockReaderSaysWhenThereIsNoServer() throws Exception {
        int nobodyHere;
        try (ServerSocket free = new ServerSocket(0)) {
            nobodyHere = free.getLocalPort();
        }
        System.setProperty("address", "ws://localhost:" + nobodyHere);
        try (RunningExample reader = RunningExample.startUntilItComplains(ClockReader::main, "efused")) {
            assertThat(reader.printed()).startsWith("no line: ").contains(", dialling in ");
        } finally {
            System.clearProperty("address");
        }
    }

    @Test
    void tickerDialsAgainWhenItsLineIsCut() throws Exception {
        AtomicInteger lines = new AtomicInteger();
        WebSocketHandler moody = new WebSocketHandler() {
            @Override
            public void onOpen(dev.openline.net.WebSocket line) {
                if (lines.incrementAndGet() == 1) line.abort();
                else line.sendText("tick");
            }
        };
        try (WebSocketServer server = WebSocketServer.listen(o -> o.port(0).webSocket("/", request -> moody))) {
            System.setProperty("address", "ws://localhost:" + server.port() + "/");
            try (RunningExample ticker = RunningExample.start(Ticker::main)) {
                assertThat(ticker.printed()).isEqualTo("tick");
            } finally {
                System.clearProperty("address");
            }
        }
    }

    @Test
    void clockServerServesItsPageAndTheModule() throws Exception {
        try (RunningExample clock = RunningExample.start(ClockServer::main)) {
            assertThat(get(clock.address())).contains("<h1 id=\"clock\">", "from '/openline.js'");
            assertThat(get(clock.address().resolve("/openline.js"))).contains("export class Openline");
        }
    }

    private WebSocket dial(URI address, Listening client) {
        return http.newWebSocketBuilder().buildAsync(address, client).join();
    }

    private String get(URI address) throws Exception {
        return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    /** Keeps what comes, message by message. */
    private static final class Listening implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket line, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                messages.add(partial.toString());
                partial.setLength(0);
            }
            line.request(1);
            return null;
        }

        String next() throws InterruptedException {
            String message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("a message within 30 s").isNotNull();
            return message;
        }
    }
}
