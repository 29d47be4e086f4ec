package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.net.HttpResponse;
import dev.openline.server.OpenlineServer;
import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import dev.openline.tokens.TokenOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What of the protocol takes two: openline.js in a real browser, and the real server with tokens. */
@DisplayName("openline.js in Chromium")
class OpenlineJsTest {
    private static final String SECRET = "a secret that is long enough for HS256";
    private static final TokenIssuer ISSUER = TokenIssuer.hmac(SECRET);

    /** Gives the page a line that takes these tokens, one at each fetch; what it hears, and counts of dials and of deltas. */
    private static final String SET_UP = """
            async (tokens) => {
              const { Openline } = await import('/openline.js');
              window.dials = window.deltas = 0;
              window.heard = [];
              window.tokens = tokens;
              class Socket extends WebSocket {
                set onmessage(listener) {
                  super.onmessage = (event) => {
                    for (const { push, subscribe } of event.data.split('\\n').filter(Boolean).map((text) => JSON.parse(text)))
                      deltas += [push?.pub, ...(subscribe?.publications ?? [])].filter((one) => one?.delta).length;
                    listener(event);
                  };
                }
              }
              window.line = new Openline('/connection/websocket', {
                WebSocket: Socket, token: async () => tokens.shift(), minDelay: 20, maxDelay: 200,
              });
              window.subscribe = (channel, options) => line.subscribe(channel, {
                onPublication: ({ data }) => heard.push(data),
                onState: ({ state }) => heard.push(state),
                ...options,
              });
              line.on('dial', () => dials++);
              line.on('subscription', ({ channel, state, recovered }) => heard.push([channel, state, recovered ?? null].join(' ')));
              line.on('publication', ({ publication }) => heard.push(publication.data));
              line.connect();
            }""";

    private static Chromium chromium;

    private OpenlineServer server;
    private Page page;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) chromium.close();
    }

    @BeforeEach
    void start() throws IOException {
        byte[] html =
                "<!doctype html><link rel=icon href=data:,><title>a page</title>".getBytes(StandardCharsets.UTF_8);
        server = OpenlineServer.create(o -> o.port(0)
                        .tokens(TokenOptions.builder().hmacSecretKey(SECRET).build())
                        .namespace(
                                "open",
                                ChannelOptions.every(1_000, Duration.ofMinutes(5))
                                        .with(Feature.DELTA, Feature.DELTA_PUBLISH, Feature.PRESENCE)
                                        .allow(
                                                Permission.SUBSCRIBE_FOR_CLIENT,
                                                Permission.HISTORY_FOR_SUBSCRIBER,
                                                Permission.PRESENCE_FOR_SUBSCRIBER)
                                        .build())
                        .namespace("closed", c -> c.history(100, Duration.ofMinutes(5)))
                        .rpc("echo", (client, call) -> CompletableFuture.completedFuture(call))
                        .pages(request -> CompletableFuture.completedStage(HttpResponse.of(200, "text/html", html))))
                .start();
        page = chromium.browser.newPage();
        page.setDefaultTimeout((double) Waiting.PATIENCE.toMillis());
        page.navigate("http://localhost:" + server.port() + "/");
    }

    @AfterEach
    void stop() {
        page.close();
        server.close();
    }

    private static TokenDraft token(long secondsToLive) {
        return ISSUER.connection("alice").expiresAt(Instant.now().plusSeconds(secondsToLive));
    }

    private static List<String> signed(TokenDraft... drafts) {
        return Stream.of(drafts).map(TokenDraft::sign).toList();
    }

    private void connect(TokenDraft... drafts) {
        page.evaluate(SET_UP, signed(drafts));
        page.waitForFunction("() => line.state === 'connected'");
    }

    private void awaitHeard(Object... what) {
        page.waitForFunction("count => heard.length >= count", what.length);
        assertThat(page.evaluate("() => heard.splice(0)")).isEqualTo(List.of(what));
    }

    private void cut() {
        assertThat(server.cut((String) page.evaluate("() => line.clientId"))).isTrue();
    }

    @Test
    void aTokenThatHasExpiredIsFetchedAnew() {
        connect(token(-5), token(600));
        assertThat(page.evaluate("() => [dials, tokens.length]")).isEqualTo(List.of(2, 0));
    }

    @Test
    void aConnectionIsRefreshedWithoutBeingBroken() {
        connect(token(2), token(600));
        page.waitForFunction("() => tokens.length === 0");
        assertThat(page.evaluate("() => line.rpc('echo', 1)")).isEqualTo(1);
        assertThat(page.evaluate("() => dials")).isEqualTo(1);
    }

    @Test
    void aSubscriptionWithATokenIsRefreshedWithoutBeingBroken() {
        connect(token(600));
        page.evaluate(
                "tokens => { window.own = tokens; subscribe('closed:a', { token: async () => tokens.shift() }); }",
                signed(
                        ISSUER.subscription("alice", "closed:a")
                                .expiresAt(Instant.now().minusSeconds(5)),
                        ISSUER.subscription("alice", "closed:a")
                                .expiresAt(Instant.now().plusSeconds(3)),
                        ISSUER.subscription("alice", "closed:a")
                                .expiresAt(Instant.now().plusSeconds(600))));
        page.waitForFunction("() => own.length === 0");
        // Answered behind the refresh, as commands are in order.
        page.evaluate("() => line.rpc('echo', 1)");
        server.publish("closed:a", "7");
        awaitHeard("subscribing", "subscribed", 7);
    }

    @Test
    void aSubscriptionOfTheServersComesWithTheConnectAndIsRecovered() {
        connect(token(600).channels(List.of("closed:a")));
        awaitHeard("closed:a subscribing ", "closed:a subscribed false");
        server.publish("closed:a", "1");
        awaitHeard(1);
        cut();
        server.publish("closed:a", "2");
        awaitHeard("closed:a subscribing ", "closed:a subscribed true", 2);
    }

    @Test
    void differencesArePutTogetherAlsoAfterACut() {
        connect(token(600));
        page.evaluate("() => { subscribe('open:a', { delta: 'fossil', recoverable: true, positioned: true }); }");
        awaitHeard("subscribing", "subscribed");
        publishDocuments(1, 20);
        awaitDocuments(20);
        assertThat(page.evaluate("() => deltas")).as("all but the first").isEqualTo(19);
        cut();
        publishDocuments(21, 40);
        awaitDocuments(40);
        assertThat((Integer) page.evaluate("() => deltas")).isGreaterThanOrEqualTo(37);
    }

    private void publishDocuments(int from, int to) {
        for (int i = from; i <= to; i++) {
            server.publish(
                    "open:a", "{\"name\":\"grün 𝄞, and enough in it to make differences pay\",\"price\":" + i + "}");
        }
    }

    private void awaitDocuments(int last) {
        page.waitForFunction("last => heard.at(-1)?.price === last", last);
        assertThat(page.evaluate(
                        "() => heard.filter((one) => one.name?.startsWith('grün 𝄞')).map(({ price }) => price)"))
                .isEqualTo(IntStream.rangeClosed(1, last).boxed().toList());
    }

    @Test
    void theLogIsReadInPagesAndPresenceIsToldAndWhatIsAbortedIsNotWaitedFor() {
        connect(token(600));
        page.evaluate("() => { window.sub = subscribe('open:a'); }");
        awaitHeard("subscribing", "subscribed");
        for (int i = 1; i <= 250; i++) server.publish("open:a", Integer.toString(i));
        page.waitForFunction("() => heard.length === 250");
        String all = """
                async (options) => {
                  const all = [];
                  for await (const { data } of sub.log(options)) all.push(data);
                  return all;
                }""";
        List<Integer> numbers = IntStream.rangeClosed(1, 250).boxed().toList();
        assertThat(page.evaluate(all)).isEqualTo(numbers);
        assertThat(page.evaluate(
                        "async () => (" + all + ")({ reverse: true, pageSize: 7 }).then((found) => found.reverse())"))
                .isEqualTo(numbers);
        assertThat(page.evaluate("() => sub.presence().then((here) => Object.values(here).map(({ user }) => user))"))
                .isEqualTo(List.of("alice"));
        assertThat(page.evaluate(
                        "() => line.rpc('echo', 1, { signal: AbortSignal.abort() }).catch(({ name }) => name)"))
                .isEqualTo("AbortError");
    }
}
