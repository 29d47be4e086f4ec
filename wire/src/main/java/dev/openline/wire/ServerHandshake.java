package dev.openline.wire;

import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of the opening handshake (RFC 6455 §4.2, and RFC 8441 for HTTP/2): a request head in, the answer out. Whether the origin is
 * welcome and who the client is are not decided here.
 */
public final class ServerHandshake {
    private static final String VERSION = "13";

    private final RequestHead request;
    private final Headers headers;

    private ServerHandshake(RequestHead request) {
        this.request = request;
        this.headers = request.headers();
    }

    /**
     * Judges a request.
     *
     * @param supportedSubprotocols in the server's order of preference; the first one the client also named is chosen, and
     *     none when it named none of them
     * @param negotiation chooses among the client's extensions
     */
    public static Answer answer(
            RequestHead request, List<String> supportedSubprotocols, ExtensionNegotiation negotiation) {
        try {
            return new ServerHandshake(request).accept(supportedSubprotocols, negotiation);
        } catch (Refusal refusal) {
            return new Answer.Refused(refusal.head, refusal.getMessage());
        }
    }

    /**
     * Judges an extended CONNECT of HTTP/2 (RFC 8441 §5): the same handshake without {@code Upgrade}, {@code Connection} and the key, whose
     * yes is a 200.
     *
     * @param request its target is {@code :path}, its version {@code HTTP/2}, and {@code :authority} is its {@code Host}
     * @param protocol the value of {@code :protocol}
     * @param supportedSubprotocols as in {@link #answer}
     * @param negotiation chooses among the client's extensions
     */
    public static Answer answerConnect(
            RequestHead request,
            String protocol,
            List<String> supportedSubprotocols,
            ExtensionNegotiation negotiation) {
        try {
            return new ServerHandshake(request).acceptConnect(protocol, supportedSubprotocols, negotiation);
        } catch (Refusal refusal) {
            return new Answer.Refused(ofStream(refusal.head), refusal.getMessage());
        }
    }

    private Answer accept(List<String> supported, ExtensionNegotiation negotiation) {
        checkRequestLine();
        checkHeaders();
        checkUpgrade();
        Headers answer = Headers.NONE
                .with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Accept", HandshakeKey.accept(key()));
        return agree(new ResponseHead(101, "Switching Protocols", answer), supported, negotiation);
    }

    private Answer acceptConnect(String protocol, List<String> supported, ExtensionNegotiation negotiation) {
        if (!request.method().equals("CONNECT")) {
            throw refuse(
                    405, "Method Not Allowed", "a handshake is an extended CONNECT", new Header("Allow", "CONNECT"));
        }
        // RFC 9220 §3: a protocol that the server doesn't know is answered with 501.
        if (!protocol.equals("websocket")) {
            throw refuse(501, "Not Implemented", "this address speaks WebSocket only");
        }
        checkTarget();
        checkFields();
        // RFC 9113 §8.2.2: these belong to a connection of HTTP/1.1.
        for (String foreign : List.of("Connection", "Upgrade", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding")) {
            if (headers.first(foreign) != null) {
                throw badRequest("a header of a connection in a stream");
            }
        }
        if (!headers.all("Sec-WebSocket-Version").equals(List.of(VERSION))) {
            throw refuse(
                    400,
                    "Bad Request",
                    "not version " + VERSION + " of the WebSocket protocol",
                    new Header("Sec-WebSocket-Version", VERSION));
        }
        return agree(new ResponseHead(200, "OK", Headers.NONE), supported, negotiation);
    }

    /** The yes, with what is agreed on. */
    private Answer agree(ResponseHead yes, List<String> supported, ExtensionNegotiation negotiation) {
        String subprotocol = chosen(supported, offeredSubprotocols());
        ExtensionNegotiation.Agreement agreed = agreed(negotiation);
        Headers answer = yes.headers();
        if (subprotocol != null) {
            answer = answer.with("Sec-WebSocket-Protocol", subprotocol);
        }
        for (Extension extension : agreed.extensions()) {
            answer = answer.with("Sec-WebSocket-Extensions", extension.toString());
        }
        return new Answer.Accepted(new ResponseHead(yes.status(), yes.reason(), answer), subprotocol, agreed);
    }

    /** RFC 6455 §4.2.1, 1. */
    private void checkRequestLine() {
        if (!request.method().equals("GET")) {
            throw refuse(405, "Method Not Allowed", "a handshake is a GET", new Header("Allow", "GET"));
        }
        if (!isHttp11OrNewer(request.version())) {
            throw badRequest("a handshake needs HTTP/1.1");
        }
        checkTarget();
    }

    private void checkTarget() {
        String target = request.target();
        boolean hasForm = target.startsWith("/") || target.contains("://");
        if (!hasForm || target.indexOf('#') >= 0 || !Grammar.isVisible(target)) {
            throw badRequest("malformed request target");
        }
    }

    private static boolean isHttp11OrNewer(String version) {
        boolean isVersion = version.length() == 8
                && version.startsWith("HTTP/")
                && isDigit(version.charAt(5))
                && version.charAt(6) == '.'
                && isDigit(version.charAt(7));
        return isVersion && version.compareTo("HTTP/1.1") >= 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Well-formed throughout, one Host (RFC 9112 §3.2), and no body: its bytes could be taken for frames. */
    private void checkHeaders() {
        checkFields();
        if (headers.first("Transfer-Encoding") != null) {
            throw badRequest("a handshake has no body");
        }
    }

    private void checkFields() {
        for (Header header : headers) {
            if (!header.isWellFormed()) {
                throw badRequest("malformed header");
            }
        }
        if (headers.all("Host").size() != 1) {
            throw badRequest("not exactly one Host header");
        }
        for (String length : headers.all("Content-Length")) {
            if (!length.equals("0")) {
                throw badRequest("a handshake has no body");
            }
        }
    }

    /** RFC 6455 §4.2.1, 3 and 4, and §4.4 for the version. */
    private void checkUpgrade() {
        if (!headers.hasToken("Upgrade", "websocket")) {
            throw upgradeRequired("this address speaks WebSocket only");
        }
        if (!headers.hasToken("Connection", "upgrade")) {
            throw badRequest("Connection header without upgrade");
        }
        List<String> versions = headers.all("Sec-WebSocket-Version");
        if (versions.size() > 1) {
            throw badRequest("more than one Sec-WebSocket-Version header");
        }
        if (!versions.equals(List.of(VERSION))) {
            throw upgradeRequired("not version " + VERSION + " of the WebSocket protocol");
        }
    }

    /** RFC 6455 §4.2.1, 5, and §11.3.1. */
    private String key() {
        List<String> keys = headers.all("Sec-WebSocket-Key");
        if (keys.size() != 1 || !HandshakeKey.isValid(keys.get(0))) {
            throw badRequest("not exactly one Sec-WebSocket-Key of 16 bytes");
        }
        return keys.get(0);
    }

    /** RFC 6455 §4.1, 10: tokens, each once. */
    private List<String> offeredSubprotocols() {
        String value = joined("Sec-WebSocket-Protocol");
        if (value == null) {
            return List.of();
        }
        List<String> offered = Grammar.tokens(value);
        if (offered == null || new HashSet<>(offered).size() != offered.size()) {
            throw badRequest("malformed Sec-WebSocket-Protocol header");
        }
        return offered;
    }

    private static @Nullable String chosen(List<String> supported, List<String> offered) {
        for (String subprotocol : supported) {
            if (offered.contains(subprotocol)) {
                return subprotocol;
            }
        }
        return null;
    }

    private ExtensionNegotiation.Agreement agreed(ExtensionNegotiation negotiation) {
        String value = joined("Sec-WebSocket-Extensions");
        if (value == null) {
            return ExtensionNegotiation.Agreement.NOTHING;
        }
        List<Extension> offers = Grammar.extensions(value);
        if (offers == null) {
            throw badRequest("malformed Sec-WebSocket-Extensions header");
        }
        return negotiation.choose(offers);
    }

    /** All fields of a name as the one list they are (RFC 9110 §5.3), or null. */
    private @Nullable String joined(String name) {
        List<String> values = headers.all(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    private static Refusal badRequest(String why) {
        return refuse(400, "Bad Request", why);
    }

    /** RFC 6455 §4.4 names the version that works; RFC 9110 §15.5.22 wants the protocol named too. */
    private static Refusal upgradeRequired(String why) {
        return refuse(
                426,
                "Upgrade Required",
                why,
                new Header("Upgrade", "websocket"),
                new Header("Sec-WebSocket-Version", VERSION));
    }

    /** Only a stream ends by it, and its fields are none of a connection's. */
    private static ResponseHead ofStream(ResponseHead head) {
        List<Header> fields = head.headers().asList().stream()
                .filter(field -> !field.is("Connection") && !field.is("Upgrade"))
                .toList();
        return new ResponseHead(head.status(), head.reason(), Headers.of(fields));
    }

    private static Refusal refuse(int status, String reason, String why, Header... more) {
        Headers headers = Headers.of(more).with("Connection", more.length > 1 ? "Upgrade, close" : "close");
        return new Refusal(new ResponseHead(status, reason, headers), why);
    }

    /** Ends judging at the first fault; never leaves this class. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient ResponseHead head;

        Refusal(ResponseHead head, String why) {
            super(why, null, false, false);
            this.head = head;
        }
    }
}
