package dev.openline.net;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request on a stream of HTTP/2, in the words of HTTP/1.1: {@code :path} is its target, {@code :authority} its {@code Host}.
 *
 * @param protocol of an extended CONNECT (RFC 8441 §4); null for every other request
 */
record StreamHead(HttpRequest request, @Nullable String protocol) {
    /** What is wrong with a head, and the status that says so. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Malformed(int status, String why) {
            super(why, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    static StreamHead of(Http2Headers sent, Arrival arrival, ServerOptions options) throws Malformed {
        CharSequence method = sent.method();
        CharSequence protocol = sent.get(Http2Headers.PseudoHeaderName.PROTOCOL.value());
        CharSequence path = sent.path();
        if (method == null) throw new Malformed(400, "a request without a method");
        if (protocol != null && !method.toString().equals("CONNECT")) {
            throw new Malformed(400, "a protocol without CONNECT");
        }
        // RFC 9113 §8.5: a CONNECT of the old kind has no path.
        boolean tunnel = protocol == null && method.toString().equals("CONNECT");
        if (path == null && !tunnel) throw new Malformed(400, "a request without a path");
        Headers headers = headers(sent, options.maxHttpHeaders());
        String target = path == null ? "/" : path.toString();
        Arrival how = options.trustedProxies().believe(arrival, headers);
        HttpRequest request = HttpRequest.of(method.toString(), target, headers, how);
        return new StreamHead(request, protocol == null ? null : protocol.toString());
    }

    private static Headers headers(Http2Headers sent, int most) throws Malformed {
        List<Header> fields = new ArrayList<>(sent.size() + 1);
        List<String> cookies = new ArrayList<>();
        CharSequence authority = sent.authority();
        if (authority != null) fields.add(new Header("host", authority.toString()));
        for (Map.Entry<CharSequence, CharSequence> field : sent) {
            String name = field.getKey().toString();
            String value = field.getValue().toString();
            if (name.startsWith(":")) continue;
            if (name.equals("cookie")) {
                cookies.add(value);
            } else if (name.equals("host") && authority != null) {
                // RFC 9113 §8.3.1: they must say the same, and then once is enough.
                if (!value.equalsIgnoreCase(authority.toString())) throw new Malformed(400, "two different hosts");
            } else {
                fields.add(new Header(name, value));
            }
        }
        // RFC 9113 §8.2.3: clients may send them one by one.
        if (!cookies.isEmpty()) fields.add(new Header("cookie", String.join("; ", cookies)));
        if (fields.size() > most) throw new Malformed(431, "too many header fields");
        return Headers.of(fields);
    }
}
