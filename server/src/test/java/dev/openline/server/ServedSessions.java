package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.hub.PublishRates;
import dev.openline.net.EventLoops;
import dev.openline.net.LineOptions;
import dev.openline.net.Transport;
import dev.openline.net.WebSocketClient;
import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import dev.openline.tokens.TokenOptions;
import dev.openline.wire.WireLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A real server with real lines, and a witness who listens while others misbehave: whatever they say, it hears all that is published, and the
 * log says one line at most, which quotes nobody.
 */
final class ServedSessions implements AutoCloseable {
    static final String SECRET = "a secret that is long enough for HS256";

    /** In every payload and long text of the tests, so that a log that quotes them is found out. */
    static final String MARK = "pa1load";

    private static final String WITNESSED = "news:witnessed";
    private static final int LARGEST = 4 << 20;

    final OpenlineServer server;
    private final EventLoops loops;
    private final WebSocketClient dialler;
    private final LogLines log = new LogLines();
    private final Caller witness;
    private long published;

    ServedSessions() throws Exception {
        this(options -> {});
    }

    ServedSessions(Consumer<OpenlineOptions> more) throws Exception {
        loops = EventLoops.start(Transport.NIO, 3);
        server = OpenlineServer.create(o -> {
                    o.port(0).loops(loops).tokens(tokens().build());
                    o.namespace("news", open().build());
                    o.namespace("digits", open().names(Pattern.compile("\\d+")).build());
                    o.namespace("slow", open().rates(new PublishRates(5, 0)).build());
                    o.namespace("calm", open().rates(new PublishRates(0, 5)).build());
                    o.rpc("echo", (client, data) -> CompletableFuture.completedFuture(data));
                    more.accept(o);
                })
                .start();
        LineOptions line = LineOptions.defaults()
                .withLimits(new WireLimits(LARGEST, LARGEST, 1024))
                .withMaxQueuedBytes(LARGEST);
        dialler = WebSocketClient.create(o -> o.loops(loops).line(line));
        witness = connected(Encoding.JSON);
        witness.says(new Command.Subscribe(2, SubscribeRequest.to(WITNESSED)));
        assertThat(witness.answerTo(2)).isEqualTo("reply");
        log.take();
    }

    private static TokenOptions.Builder tokens() {
        return TokenOptions.builder()
                .hmacSecretKey(SECRET)
                .rsaPublicKey(Forgeries.RSA_PEM)
                .audience("us")
                .issuer("them");
    }

    /** Channels on which users may do everything. */
    static ChannelOptions.Builder open() {
        return ChannelOptions.every(1_000, Duration.ofMinutes(5))
                .with(Feature.PRESENCE, Feature.JOIN_LEAVE, Feature.DELTA, Feature.TAGS_FILTER, Feature.USER_LIMITED)
                .allow(
                        Permission.SUBSCRIBE_FOR_CLIENT,
                        Permission.PUBLISH_FOR_CLIENT,
                        Permission.HISTORY_FOR_CLIENT,
                        Permission.PRESENCE_FOR_CLIENT);
    }

    private static TokenDraft good(TokenDraft draft) {
        return draft.audience("us").issuer("them").expiresAt(Instant.now().plusSeconds(600));
    }

    /** A good connection token, to be spoiled. */
    static TokenDraft connection(String user) {
        return good(TokenIssuer.hmac(SECRET).connection(user));
    }

    /** A good subscription token, to be spoiled. */
    static TokenDraft subscription(String user, String channel) {
        return good(TokenIssuer.hmac(SECRET).subscription(user, channel));
    }

    Caller dial(Encoding encoding) {
        return new Caller(dialler, server.port(), encoding);
    }

    /** Alice, who has connected with a token that she may refresh. */
    Caller connected(Encoding encoding) throws InterruptedException {
        Caller alice = dial(encoding);
        alice.says(Command.Connect.by(1, "test", connection("alice").sign()));
        assertThat(alice.answerTo(1)).isEqualTo("reply");
        return alice;
    }

    /** What the log says since this was asked last: a line at most, which holds nothing of anybody's. */
    List<String> logged() {
        List<String> lines = log.take();
        assertThat(lines)
                .hasSizeLessThan(2)
                .allSatisfy(line -> assertThat(line)
                        .doesNotContain(MARK)
                        .doesNotContain("eyJ")
                        .hasSizeLessThan(200));
        return lines;
    }

    /** One more publication reaches the witness, who has heard all before it; then the log is looked at. */
    void goesOn() throws InterruptedException {
        published++;
        assertThat(server.publish(WITNESSED, "1").join().orElseThrow().offset()).isEqualTo(published);
        assertThat(Caller.nameOf(witness.next())).isEqualTo("publication " + published);
        logged();
    }

    @Override
    public void close() {
        try {
            witness.says(new Command.Rpc(9, "echo", null));
            assertThat(witness.before(9)).as("heard twice").isEmpty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            server.close();
            loops.close();
            log.close();
        }
    }
}
