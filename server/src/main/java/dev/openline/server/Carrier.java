package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.SendResult;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Result.ConnectResult;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a session's frames travel on. Belongs to an event loop; {@link #abort} and {@link #executor} may be called from any thread. */
interface Carrier {
    /** What applications call it: {@code websocket}, {@code http_stream} or {@code sse}; with {@code uni_} before it for clients that only listen. */
    String transport();

    /** How what is said looks on it. */
    Spelling spelling();

    default Encoding encoding() {
        return Objects.requireNonNull(spelling().encoding());
    }

    /** How it is found out whether the client is still there. */
    default Pulse pulse() {
        return Pulse.PONG;
    }

    /** Sends a ping of the carrier's own; only for {@link Pulse#OF_CARRIER}. */
    default void ping() {
        throw new IllegalStateException(transport() + " has no pings of its own");
    }

    /** The request that opened it. */
    HttpRequest request();

    /** Where the client's commands go when they can't come the way that answers go, or null. */
    ConnectResult.@Nullable Emulation emulation();

    /** Sends replies; the frame is the caller's again afterwards. */
    SendResult send(MessageFrame frame);

    /** Sends what many are sent; the reference stays the caller's. */
    SendResult send(EncodedPush push, EncodedPush.Form form);

    boolean isWritable();

    long sentBytes();

    /** Says why and ends; what was sent before still leaves. */
    void close(Disconnect why);

    void abort();

    void pauseReading();

    void resumeReading();

    @Nullable
    SocketAddress remoteAddress();

    Executor executor();
}
