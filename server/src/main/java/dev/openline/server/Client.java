package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connected client, as the application's hooks see it. Immutable.
 *
 * @param info its id, its user, and what others are shown of it
 * @param transport {@code websocket}, {@code http_stream} or {@code sse}
 * @param encoding what it speaks
 * @param request the HTTP request that opened its line
 * @param headers emulated header fields from its {@code connect}: the client's own words, unlike those of the request
 * @param meta what the application attached to it when it was admitted and the client is never told, or null
 * @param token which token has admitted it, or null
 */
public record Client(
        ClientInfo info,
        String transport,
        Encoding encoding,
        HttpRequest request,
        Map<String, String> headers,
        @Nullable Payload meta,
        Authenticator.@Nullable TokenStamp token) {
    /** The connection's id. */
    public String id() {
        return info.client();
    }

    /** The application's id of the user; empty for an anonymous one. */
    public String user() {
        return info.user();
    }

    /** The same, with something else shown to others. */
    Client showing(ClientInfo shown) {
        return new Client(shown, transport, encoding, request, headers, meta, token);
    }

    /** The same, with something else for the hooks. */
    Client remembered(Payload remark) {
        return new Client(info, transport, encoding, request, headers, remark, token);
    }

    /** Without headers and payloads. */
    @Override
    public String toString() {
        return "Client[id=" + id() + ", user=" + user() + ", transport=" + transport + ", encoding=" + encoding + "]";
    }
}
