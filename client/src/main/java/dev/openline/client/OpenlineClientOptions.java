package dev.openline.client;

import dev.openline.net.Backoff;
import dev.openline.net.ClientOptions;
import dev.openline.net.EventLoops;
import dev.openline.net.LineOptions;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.wire.ClientHandshake;
import dev.openline.wire.Header;
import dev.openline.wire.WireLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How an {@link OpenlineClient} behaves. Every setter checks its value at once and answers the options, for chaining. */
public final class OpenlineClientOptions {
    /** The smallest outbound queue: room for connect and some thousand subscribes. */
    private static final int MIN_QUEUED_BYTES = 1 << 20;

    /** Where servers of the protocol listen unless told otherwise. */
    private static final String PATH = "/connection/websocket";

    private static final Duration LONGEST = Duration.ofDays(1);

    private @Nullable EventLoops loops;
    private ClientListener listener = new ClientListener() {};
    private String name = "openline-java";
    private String token = "";
    private @Nullable TokenSource tokens;
    private Encoding encoding = Encoding.JSON;
    private @Nullable Payload data;
    private Backoff backoff = new Backoff(500, 20_000);
    private Duration dialTimeout = Duration.ofSeconds(5);
    private Duration commandTimeout = Duration.ofSeconds(5);
    private Duration pingSlack = Duration.ofSeconds(10);
    private Duration tokenTimeout = Duration.ofSeconds(30);
    private int maxCalls = 1024;
    private int maxCallBytes = 1 << 20;
    private int maxMessageBytes = 16 << 20;
    private final OutboxOptions outbox = new OutboxOptions();
    private final List<Header> headers = new ArrayList<>();
    private final List<Path> trusted = new ArrayList<>();

    OpenlineClientOptions() {}

    /** Loops to share with servers and other clients; by default the client starts one of its own and ends it when it closes. */
    public OpenlineClientOptions loops(EventLoops loops) {
        this.loops = loops;
        return this;
    }

    /** Hears how the client fares. */
    public OpenlineClientOptions listener(ClientListener listener) {
        this.listener = listener;
        return this;
    }

    /** What the client calls itself to the server; default {@code openline-java}. */
    public OpenlineClientOptions name(String name) {
        this.name = Texts.require("a client's name", name);
        return this;
    }

    /** The connection token; by default none. It is sent with every redial; one that has expired ends the redials, see {@link #token(TokenSource)}. */
    public OpenlineClientOptions token(String token) {
        this.token = Texts.require("a connection token", token);
        return this;
    }

    /**
     * Whom to ask for a connection token: before the first dial unless there is a {@link #token(String)}, when the token's time is up, and
     * when the server says that it is. One that can't be had is asked for again: after the redial delays while there is no session,
     * after 5 to 10 s while there is one.
     */
    public OpenlineClientOptions token(TokenSource source) {
        this.tokens = source;
        return this;
    }

    /** How long the application may take to come up with a token; default 30 s, 1 ms to one day. It is asked again then. */
    public OpenlineClientOptions tokenTimeout(Duration timeout) {
        this.tokenTimeout = require("tokenTimeout", timeout);
        return this;
    }

    /** What the lines speak; default JSON. In Protobuf a payload may be any bytes that the server takes. */
    public OpenlineClientOptions encoding(Encoding encoding) {
        this.encoding = encoding;
        return this;
    }

    /** Something for the server's application, sent with every connect: one JSON value. */
    public OpenlineClientOptions data(Payload data) {
        this.data = data;
        return this;
    }

    /** One more header field for the opening request of every dial, such as {@code Origin} or {@code Cookie}. */
    public OpenlineClientOptions header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /**
     * Trusts the certificates in this PEM file, and what they have signed, beside what this Java trusts; the host's name is checked all the
     * same. The file is read when the client is made, which fails with {@link IllegalArgumentException} if it is no good.
     */
    public OpenlineClientOptions trust(Path anchors) {
        trusted.add(anchors);
        return this;
    }

    /**
     * Between which bounds the delay before a redial is drawn, and before a subscribe that was refused for now is repeated; default 500 ms and
     * 20 s. The delay is the shortest plus a random part of a span that begins at the shortest and doubles with each failure, and never
     * more than the longest.
     *
     * @param shortest at least 1 ms
     * @param longest at least {@code shortest}, at most one day
     */
    public OpenlineClientOptions redialDelays(Duration shortest, Duration longest) {
        this.backoff = new Backoff(shortest.toMillis(), longest.toMillis());
        return this;
    }

    /** How long a dial may take, with its upgrade; default 5 s, 1 ms to one day. It is followed by a redial then. */
    public OpenlineClientOptions dialTimeout(Duration timeout) {
        this.dialTimeout = require("dialTimeout", timeout);
        return this;
    }

    /**
     * How long a command may stay unanswered; default 5 s, 1 ms to one day. Calls fail then, counted from the call. When connect, subscribe
     * or unsubscribe stay unanswered the line is dropped and dialled again.
     */
    public OpenlineClientOptions commandTimeout(Duration timeout) {
        this.commandTimeout = require("commandTimeout", timeout);
        return this;
    }

    /** By how much a ping of the server may be late before the line counts as dead; default 10 s, 1 ms to one day. */
    public OpenlineClientOptions pingSlack(Duration slack) {
        this.pingSlack = require("pingSlack", slack);
        return this;
    }

    /** Calls that may be waiting or unanswered at once, at least 1; default 1024. One more fails with {@link CallNotSent}. */
    public OpenlineClientOptions maxCalls(int calls) {
        if (calls < 1) throw new IllegalArgumentException("maxCalls " + calls + " < 1");
        this.maxCalls = calls;
        return this;
    }

    /**
     * Bytes of payload in the calls that are waiting or unanswered, at least 1; default 1 MiB. Beyond them a call fails with {@link
     * CallNotSent}, unless it is alone.
     */
    public OpenlineClientOptions maxCallBytes(int bytes) {
        if (bytes < 1 || bytes > 1 << 29)
            throw new IllegalArgumentException("maxCallBytes " + bytes + " is not in 1–2^29");
        this.maxCallBytes = bytes;
        return this;
    }

    /** How much the outbox of {@link OpenlineClient#publish} holds, and for how long it tries. */
    public OpenlineClientOptions outbox(Consumer<OutboxOptions> configure) {
        configure.accept(outbox);
        return this;
    }

    /**
     * The largest message that the server may send, at least 1024; default 16 MiB, because all that was missed may come in one. A larger
     * one disconnects the client: the next line would bring it again.
     */
    public OpenlineClientOptions maxMessageBytes(int bytes) {
        if (bytes < 1024) throw new IllegalArgumentException("maxMessageBytes " + bytes + " < 1024");
        this.maxMessageBytes = bytes;
        return this;
    }

    ClientSettings settings() {
        ClientSettings.Timing timing =
                new ClientSettings.Timing(commandTimeout.toMillis(), pingSlack.toMillis(), tokenTimeout.toMillis());
        Credential credential = tokens == null ? Credential.fixed(token) : Credential.renewable(token);
        return new ClientSettings(name, encoding, maxMessageBytes, credential, data, backoff, timing, outbox.bounds());
    }

    CallGate gate() {
        return new CallGate(maxCalls, maxCallBytes);
    }

    /** The address to dial; checks it, and the header fields with it. */
    URI dialled(URI address) {
        boolean webSocket = "ws".equalsIgnoreCase(address.getScheme()) || "wss".equalsIgnoreCase(address.getScheme());
        if (!webSocket || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + address + "' is not of the form ws://host[:port][/path] or wss://host[:port][/path]");
        }
        String path = address.getRawPath();
        URI whole = path == null || path.isEmpty() || path.equals("/") ? address.resolve(PATH) : address;
        ClientHandshake.to(whole, List.of(), headers, new byte[16]);
        return whole;
    }

    @Nullable
    TokenSource tokens() {
        return tokens;
    }

    OutboxOptions outbox() {
        return outbox;
    }

    ClientListener listener() {
        return listener;
    }

    boolean ownsLoops() {
        return loops == null;
    }

    void applyTo(ClientOptions dialling) {
        if (loops != null) dialling.loops(loops);
        for (Header header : headers) dialling.header(header.name(), header.value());
        trusted.forEach(dialling::trust);
        // Who offers nothing speaks JSON, also to servers that don't know the subprotocol.
        if (encoding != Encoding.JSON) dialling.subprotocols(List.of(encoding.subprotocol()));
        dialling.dialTimeout(dialTimeout).line(line());
    }

    private LineOptions line() {
        WireLimits limits = new WireLimits(maxMessageBytes, maxMessageBytes, WireLimits.DEFAULT.maxFragments());
        long queued = Math.max(MIN_QUEUED_BYTES, 2L * maxCallBytes) + 2 * outbox.maxSentBytes();
        return LineOptions.defaults().withLimits(limits).withMaxQueuedBytes((int) Math.min(queued, Integer.MAX_VALUE));
    }

    private static Duration require(String name, Duration time) {
        if (time.toMillis() < 1 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " " + time + " is not between 1 ms and one day");
        }
        return time;
    }
}
