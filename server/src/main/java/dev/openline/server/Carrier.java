package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.SendResult;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Result.ConnectResult;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a session's frames travel on. Belongs to an event loop; {@link #abort} and {@link #executor} may be called from any thread. */
interface Carrier {
    /** What applications call it: {@code websocket}, {@code http_stream} or {@code sse}. */
    String transport();

    Encoding encoding();

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
