package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.server.OpenlineServer;
import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import dev.openline.tokens.TokenOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official SDK with tokens, with subscriptions of the server's, and with what a backend does to it. */
abstract class SdkAccessContract {
    private static final String SECRET = "a secret that is long enough for HS256";
    private static final TokenIssuer ISSUER = TokenIssuer.hmac(SECRET);

    private static Sdk sdk;

    private final HttpClient http = HttpClient.newHttpClient();
    private OpenlineServer server;

    static void start(Sdk.Way way) {
        sdk = Sdk.start(way);
    }

    @AfterAll
    static void stopNode() {
        if (sdk != null) sdk.close();
    }

    @BeforeEach
    void startServer() throws IOException {
        server = OpenlineServer.create(o -> o.port(0)
                        .apiKey("key")
                        .tokens(TokenOptions.builder().hmacSecretKey(SECRET).build())
                        .namespace(
                                "open",
                                dev.openline.hub.ChannelOptions.every(1_000, Duration.ofMinutes(5))
                                        .with(Feature.DELTA, Feature.DELTA_PUBLISH, Feature.TAGS_FILTER)
                                        .allow(Permission.SUBSCRIBE_FOR_CLIENT)
                                        .build())
                        .namespace("closed", c -> c.history(100, Duration.ofMinutes(5)))
                        .rpc("echo", (client, call) -> CompletableFuture.completedFuture(call)))
                .start();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static TokenDraft token(long secondsToLive) {
        return ISSUER.connection("alice").expiresAt(Instant.now().plusSeconds(secondsToLive));
    }

    private static TokenDraft tokenOf(String channel, long secondsToLive) {
        return ISSUER.subscription("alice", channel).expiresAt(Instant.now().plusSeconds(secondsToLive));
    }

    private static String tokens(String... tokens) {
        return "{\"tokens\":[\"" + String.join("\",\"", tokens) + "\"]}";
    }

    private Sdk.Client client(TokenDraft... drafts) {
        String[] signed = List.of(drafts).stream().map(TokenDraft::sign).toArray(String[]::new);
        return sdk.client(server.port(), tokens(signed));
    }

    private void call(String method, String params) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/" + method))
                .header("x-api-key", "key")
                .POST(HttpRequest.BodyPublishers.ofString(params))
                .build();
        String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        assertThat(answer).startsWith("{\"result\":");
    }

    @Test
    void aTokenThatHasExpiredIsFetchedAnew() {
        Sdk.Client alice = client(token(-5), token(600));
        alice.connect();
        assertThat(alice.next("tokens")).isEqualTo("token 1");
        assertThat(alice.next("tokens")).isEqualTo("token 0");
    }

    @Test
    void aWrongTokenIsTheEnd() {
        Sdk.Client alice = sdk.client(
                server.port(),
                tokens(TokenIssuer.hmac("another secret, as long as the other one")
                        .connection("alice")
                        .sign()));
        alice.tell("connect");
        assertThat(alice.next("line")).startsWith("connecting");
        assertThat(alice.next("line")).isEqualTo("disconnected 3500 invalid token");
    }

    @Test
    void aConnectionIsRefreshedWithoutBeingBroken() {
        Sdk.Client alice = client(token(2), token(600));
        alice.connect();
        assertThat(alice.next("tokens")).isEqualTo("token 1");
        assertThat(alice.next("tokens")).as("after two seconds").isEqualTo("token 0");
        assertThat(alice.ask("rpc", "echo", "1")).isEqualTo("ok 1");
        alice.tell("disconnect");
        assertThat(alice.next("line")).startsWith("disconnected 0");
    }

    @Test
    void aSubscriptionWithATokenIsRefreshedWithoutBeingBroken() {
        Sdk.Client alice = client(token(600));
        alice.connect();
        String options = tokens(
                tokenOf("closed:a", -5).sign(),
                tokenOf("closed:a", 2).sign(),
                tokenOf("closed:a", 600).sign());
        assertThat(alice.subscribe("closed:a", options)).startsWith("error 109");
        assertThat(alice.next("closed:a")).startsWith("subscribed");
        assertThat(alice.next("tokens of closed:a")).isEqualTo("token 2");
        assertThat(alice.next("tokens of closed:a")).isEqualTo("token 1");
        assertThat(alice.next("tokens of closed:a")).as("after two seconds").isEqualTo("token 0");
        server.publish("closed:a", "1");
        assertThat(alice.next("closed:a")).isEqualTo("publication 1 1");
    }

    @Test
    void whatNeedsATokenIsNotToBeHadWithout() {
        Sdk.Client alice = client(token(600));
        alice.connect();
        assertThat(alice.subscribe("closed:b", "{}")).startsWith("unsubscribed 103");
        alice.tell("subscribe", "closed:c", tokens(tokenOf("closed:d", 600).sign()));
        assertThat(alice.next("line")).isEqualTo("disconnected 3500 invalid token");
    }

    @Test
    void aSubscriptionOfTheServersComesWithTheConnectAndIsRecovered() {
        Sdk.Client alice = client(token(600).channels(List.of("closed:a")));
        String id = alice.connect();
        assertThat(alice.next("closed:a")).startsWith("server subscribed wasRecovering=false");
        for (int i = 1; i <= 3; i++) server.publish("closed:a", "" + i);
        for (int i = 1; i <= 3; i++) assertThat(alice.next("closed:a")).isEqualTo("server publication " + i + " " + i);
        server.cut(id);
        for (int i = 4; i <= 6; i++) server.publish("closed:a", "" + i);
        String heard = alice.next("closed:a");
        if (heard.startsWith("server publication")) heard = alice.next("closed:a");
        assertThat(heard).isEqualTo("server subscribed wasRecovering=true recovered=true");
        for (int i = 4; i <= 6; i++) assertThat(alice.next("closed:a")).isEqualTo("server publication " + i + " " + i);
    }

    @Test
    void aBackendSubscribesAndUnsubscribes() throws Exception {
        Sdk.Client alice = client(token(600));
        alice.connect();
        call("subscribe", "{\"user\":\"alice\",\"channel\":\"closed:a\"}");
        assertThat(alice.next("closed:a")).startsWith("server subscribed");
        server.publish("closed:a", "1");
        assertThat(alice.next("closed:a")).isEqualTo("server publication 1 1");
        call("unsubscribe", "{\"user\":\"alice\",\"channel\":\"closed:a\"}");
        assertThat(alice.next("closed:a")).isEqualTo("server unsubscribed");
    }

    @Test
    void theCodesOfABackendArriveUnchangedAndSayWhetherToComeBack() throws Exception {
        Sdk.Client alice = client(token(600));
        alice.connect();
        call("disconnect", "{\"user\":\"alice\",\"disconnect\":{\"code\":4001,\"reason\":\"come back\"}}");
        assertThat(alice.next("line")).isEqualTo("connecting 4001 come back");
        alice.connected();
        call("disconnect", "{\"user\":\"alice\",\"disconnect\":{\"code\":4501,\"reason\":\"stay away\"}}");
        assertThat(alice.next("line")).isEqualTo("disconnected 4501 stay away");
    }

    @Test
    void aRevokedTokenIsTheEndAlsoForWhoIsConnected() throws Exception {
        Sdk.Client alice = client(token(600).id("stolen"));
        alice.connect();
        call("revoke_token", "{\"uid\":\"stolen\"}");
        assertThat(alice.next("line")).isEqualTo("disconnected 3500 invalid token");
    }

    @Test
    void patchesArePutTogetherAlsoAfterACut() {
        Sdk.Client alice = client(token(600));
        String id = alice.connect();
        assertThat(alice.subscribe("open:a", "{\"delta\":\"fossil\",\"recoverable\":true,\"positioned\":true}"))
                .startsWith("subscribed");
        for (int i = 1; i <= 20; i++) server.publish("open:a", document(i));
        for (int i = 1; i <= 20; i++)
            assertThat(alice.next("open:a")).isEqualTo("publication " + i + " " + document(i));
        server.cut(id);
        for (int i = 21; i <= 40; i++) server.publish("open:a", document(i));
        int next = 21;
        while (next <= 40) {
            String heard = alice.next("open:a");
            if (heard.startsWith("publication"))
                assertThat(heard).isEqualTo("publication " + next + " " + document(next++));
        }
    }

    private static String document(int n) {
        return "{\"name\":\"a document with enough in it to make patches pay\",\"price\":" + n + "}";
    }

    @Test
    void onlyWhatHasTheTagsIsHeard() throws Exception {
        Sdk.Client alice = client(token(600));
        alice.connect();
        alice.subscribe("open:a", "{\"tagsFilter\":{\"key\":\"kind\",\"cmp\":\"eq\",\"val\":\"good\"}}");
        for (int i = 1; i <= 4; i++) {
            String kind = i % 2 == 0 ? "good" : "bad";
            call("publish", "{\"channel\":\"open:a\",\"data\":" + i + ",\"tags\":{\"kind\":\"" + kind + "\"}}");
        }
        assertThat(alice.next("open:a")).isEqualTo("publication 2 2");
        assertThat(alice.next("open:a")).isEqualTo("publication 4 4");
    }
}
