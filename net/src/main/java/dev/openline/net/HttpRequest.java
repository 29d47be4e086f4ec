package dev.openline.net;

import dev.openline.wire.Headers;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plain HTTP request, or the one that asks for an upgrade.
 *
 * @param method as sent, upper case by convention
 * @param target the request target as sent: path and query
 * @param headers all header fields in order
 * @param body the whole body; empty if there is none; at most {@code maxHttpBodyBytes}. Not to be changed.
 * @param remoteAddress where it came from; null in tests without a socket
 */
public record HttpRequest(
        String method,
        String target,
        Headers headers,
        byte[] body,
        @Nullable SocketAddress remoteAddress) {

    /** The decoded path, without the query. */
    public String path() {
        return new QueryStringDecoder(target).path();
    }

    /** The first value of a query parameter, decoded, or null. */
    public @Nullable String query(String name) {
        List<String> values = new QueryStringDecoder(target).parameters().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** Method and path: the query may hold secrets and stays out of logs. */
    @Override
    public String toString() {
        return method + " " + path();
    }
}
