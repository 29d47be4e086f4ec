package dev.openline.tokens;

import static dev.openline.tokens.Signers.jwk;
import static dev.openline.tokens.Signers.jwks;
import static dev.openline.tokens.Signers.pair;
import static dev.openline.tokens.Verdicts.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.openline.tokens.Algorithm.KeyKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys from a real HTTP server. */
class HttpKeySourceTest {
    private static final KeyPair A = pair(KeyKind.P256);
    private static final KeyPair B = Signers.newPair(KeyKind.P256);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile HttpHandler handler = exchange -> answer(exchange, 500, "");
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/keys", exchange -> {
            requests.incrementAndGet();
            handler.handle(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void serve(String json) {
        handler = exchange -> answer(exchange, 200, json);
    }

    private JwksOptions options() {
        return JwksOptions.of("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    private static TokenVerifier verifier(JwksOptions options) {
        return new TokenVerifier(TokenOptions.builder().jwks(options).build());
    }

    private static Verdict<ConnectionToken> judge(TokenVerifier verifier, KeyPair pair, String kid, Instant now) {
        String token = Signers.signed(Algorithm.ES256, ",\"kid\":\"" + kid + "\"", "{\"sub\":\"u\"}", pair);
        return verifier.connection(token, now)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void keysRotateWithoutARestart() {
        TokenVerifier verifier = verifier(options());
        serve(jwks(jwk(A.getPublic(), "\"kid\":\"a\"")));
        assertThat(judge(verifier, A, "a", NOW)).isInstanceOf(Verdict.Valid.class);
        serve(jwks(jwk(A.getPublic(), "\"kid\":\"a\""), jwk(B.getPublic(), "\"kid\":\"b\"")));
        assertThat(judge(verifier, B, "b", NOW.plusSeconds(1))).isInstanceOf(Verdict.Unavailable.class);
        assertThat(judge(verifier, B, "b", NOW.plusSeconds(10))).isInstanceOf(Verdict.Valid.class);
        assertThat(judge(verifier, A, "a", NOW.plusSeconds(10))).isInstanceOf(Verdict.Valid.class);
        serve(jwks(jwk(B.getPublic(), "\"kid\":\"b\"")));
        Instant later = NOW.plusSeconds(10).plus(Duration.ofMinutes(15));
        assertThat(judge(verifier, A, "a", later)).isInstanceOf(Verdict.Invalid.class);
        assertThat(judge(verifier, B, "b", later)).isInstanceOf(Verdict.Valid.class);
        assertThat(requests).hasValue(3);
    }

    @Test
    void aServerThatFailsLeavesTheOldKeys() {
        TokenVerifier verifier = verifier(options());
        serve(jwks(jwk(A.getPublic(), "\"kid\":\"a\"")));
        assertThat(judge(verifier, A, "a", NOW)).isInstanceOf(Verdict.Valid.class);
        handler = exchange -> answer(exchange, 500, "");
        assertThat(judge(verifier, A, "a", NOW.plusSeconds(3600))).isInstanceOf(Verdict.Valid.class);
        server.stop(0);
        assertThat(judge(verifier, A, "a", NOW.plusSeconds(7200))).isInstanceOf(Verdict.Valid.class);
        assertThat(judge(verifier, A, "a", NOW.plusSeconds(24 * 3600))).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void anAnswerThatIsTooLongIsNone() {
        String set = jwks(jwk(A.getPublic(), "\"kid\":\"a\""));
        int length = set.getBytes(StandardCharsets.UTF_8).length;
        serve(set);
        assertThat(judge(verifier(options().withBounds(length, 1)), A, "a", NOW))
                .isInstanceOf(Verdict.Valid.class);
        assertThat(judge(verifier(options().withBounds(length - 1, 1)), A, "a", NOW))
                .isInstanceOf(Verdict.Unavailable.class);
    }

    /** An endless answer ends at the bound, not when memory does. */
    @Test
    void anEndlessAnswerIsCutOff() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
            try {
                while (over.getCount() > 0) exchange.getResponseBody().write(blanks);
            } finally {
                exchange.close();
            }
        };
        assertThat(judge(verifier(options()), A, "a", NOW)).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void aServerThatNeverAnswersIsNotWaitedFor() {
        handler = exchange -> awaitOver();
        assertThat(judge(verifier(options().withTimeout(Duration.ofMillis(200))), A, "a", NOW))
                .isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void aBodyThatStopsHalfWayIsNotWaitedFor() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitOver();
        };
        assertThat(judge(verifier(options().withTimeout(Duration.ofMillis(300))), A, "a", NOW))
                .isInstanceOf(Verdict.Unavailable.class);
    }

    private void awaitOver() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        serve(jwks(jwk(A.getPublic(), "\"kid\":\"a\"")));
        AtomicInteger elsewhere = new AtomicInteger();
        server.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            answer(exchange, 200, jwks(jwk(A.getPublic(), "\"kid\":\"a\"")));
        });
        handler = exchange -> {
            exchange.getResponseHeaders().add("location", "/elsewhere");
            answer(exchange, 302, "");
        };
        assertThat(judge(verifier(options()), A, "a", NOW)).isInstanceOf(Verdict.Unavailable.class);
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void theCallerIsNotBlockedByAServerThatIsSlow() {
        handler = exchange -> awaitOver();
        TokenVerifier verifier = verifier(options());
        String token = Signers.token(Algorithm.ES256, "{}");
        assertThat(verifier.connection(token, NOW).toCompletableFuture()).isNotDone();
        assertThat(verifier.subscription(token, NOW).toCompletableFuture()).isNotDone();
    }
}
