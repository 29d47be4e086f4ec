package dev.openline.net;

import dev.openline.wire.FrameTap;
import dev.openline.wire.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketClient} dials. Every setter checks its value at once and answers the options, for chaining. */
public final class ClientOptions {
    private @Nullable EventLoops loops;
    private LineOptions line = LineOptions.defaults();
    private Duration dialTimeout = Duration.ofSeconds(10);
    private List<String> subprotocols = List.of();
    private @Nullable FrameTap tap;
    private final List<Header> headers = new ArrayList<>();

    ClientOptions() {}

    /** Loops to share; by default the client starts one of its own and ends it when it closes. */
    public ClientOptions loops(EventLoops loops) {
        this.loops = loops;
        return this;
    }

    /** What bounds each line. */
    public ClientOptions line(LineOptions line) {
        this.line = line;
        return this;
    }

    /** How long a dial may take from the start to the end of the opening handshake; default 10 s. It fails then. */
    public ClientOptions dialTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("dialTimeout " + timeout + " is not positive");
        }
        this.dialTimeout = timeout;
        return this;
    }

    /** Subprotocols to offer, the preferred one first. */
    public ClientOptions subprotocols(List<String> subprotocols) {
        this.subprotocols = List.copyOf(subprotocols);
        return this;
    }

    /** One more header field for the opening request, such as {@code Origin} or {@code Cookie}. */
    public ClientOptions header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /** Hears of every frame on this client's lines, on their event loop; frames show payloads, so this is for tools, not for logs. */
    public ClientOptions tap(FrameTap tap) {
        this.tap = tap;
        return this;
    }

    @Nullable
    EventLoops sharedLoops() {
        return loops;
    }

    LineOptions line() {
        return line;
    }

    Duration dialTimeout() {
        return dialTimeout;
    }

    List<String> subprotocols() {
        return subprotocols;
    }

    @Nullable
    FrameTap tap() {
        return tap;
    }

    List<Header> headers() {
        return List.copyOf(headers);
    }
}
