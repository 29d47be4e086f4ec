package dev.openline.wire;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * Heads of an opening handshake, as a client or a server may have sent them. Judging never throws; what is accepted
 * fulfils the RFC's list by a second, simpler look; an answer can be sent as it is and quotes nothing of the peer's.
 *
 * <p>An input is a byte of choices (who reads) and a head as text: the first line, then the fields, each on a line.
 */
public final class FuzzHandshake {
    private static final List<String> SUPPORTED = List.of("chat", "v2.chat");
    private static final byte[] NONCE = "the sample nonce".getBytes(StandardCharsets.US_ASCII);
    private static final Set<Integer> REFUSALS = Set.of(400, 405, 426);

    private FuzzHandshake() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 1) {
            return;
        }
        String text = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r?\n", -1);
        String[] words = (lines[0] + "   ").split(" ", 4);
        Headers headers = Headers.of(fields(lines));
        if ((input[0] & 1) == 0) {
            server(new RequestHead(words[0], words[1], words[2], headers));
        } else {
            client(new ResponseHead(status(words[1]), words[2], headers));
        }
    }

    private static List<Header> fields(String[] lines) {
        List<Header> fields = new ArrayList<>();
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            fields.add(new Header(lines[i].substring(0, Math.max(0, colon)), lines[i].substring(colon + 1)));
        }
        return fields;
    }

    private static int status(String word) {
        return word.matches("[0-9]{3}") ? Integer.parseInt(word) : 0;
    }

    private static void server(RequestHead request) {
        Answer answer = ServerHandshake.answer(request, SUPPORTED, ExtensionNegotiation.NONE);
        for (Header header : answer.head().headers()) {
            require(header.isWellFormed(), "malformed header in the answer");
        }
        if (answer instanceof Answer.Refused) {
            Answer.Refused refused = (Answer.Refused) answer;
            require(
                    REFUSALS.contains(refused.head().status()),
                    "refused with " + refused.head().status());
            require(refused.why().length() < 100 && Grammar.isFieldValue(refused.why()), "a reason of the peer's");
            return;
        }
        Headers headers = request.headers();
        require(request.method().equals("GET") && request.version().compareTo("HTTP/1.1") >= 0, "request line");
        require(values(headers, "host").size() == 1, "Host");
        require(list(headers, "upgrade").contains("websocket"), "Upgrade");
        require(list(headers, "connection").contains("upgrade"), "Connection");
        require(values(headers, "sec-websocket-version").equals(List.of("13")), "version");
        require(values(headers, "transfer-encoding").isEmpty(), "a body");
        List<String> keys = values(headers, "sec-websocket-key");
        require(keys.size() == 1 && Base64.getDecoder().decode(keys.get(0)).length == 16, "key");
        require(
                answer.head().headers().all("Sec-WebSocket-Accept").equals(List.of(HandshakeKey.accept(keys.get(0)))),
                "proof");
        String chosen = ((Answer.Accepted) answer).subprotocol();
        List<String> offered = List.of(
                String.join(",", values(headers, "sec-websocket-protocol")).split("[ \t]*,[ \t]*"));
        require(chosen == null || SUPPORTED.contains(chosen) && offered.contains(chosen), "subprotocol " + chosen);
        require(
                answer.head()
                        .headers()
                        .all("Sec-WebSocket-Protocol")
                        .equals(chosen == null ? List.of() : List.of(chosen)),
                "answer");
        for (Header header : headers) {
            require(header.isWellFormed(), "malformed header let through");
        }
    }

    private static void client(ResponseHead response) {
        ClientHandshake asked = ClientHandshake.to(URI.create("ws://host/"), SUPPORTED, List.of(), NONCE);
        Opening opening = asked.verify(response);
        if (opening instanceof Opening.Failed) {
            String why = ((Opening.Failed) opening).why();
            require(why.length() < 100 && Grammar.isFieldValue(why), "a reason of the peer's");
            return;
        }
        Headers headers = response.headers();
        String key = asked.request().headers().first("Sec-WebSocket-Key");
        require(response.status() == 101, "status");
        require(values(headers, "upgrade").size() == 1, "Upgrade");
        require(values(headers, "upgrade").get(0).equalsIgnoreCase("websocket"), "Upgrade");
        require(list(headers, "connection").contains("upgrade"), "Connection");
        require(values(headers, "sec-websocket-accept").equals(List.of(HandshakeKey.accept(key))), "proof");
        require(values(headers, "sec-websocket-extensions").isEmpty(), "extension that was not offered");
        String chosen = ((Opening.Accepted) opening).subprotocol();
        require(chosen == null || SUPPORTED.contains(chosen), "subprotocol");
    }

    private static List<String> values(Headers headers, String name) {
        List<String> values = new ArrayList<>();
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                values.add(header.value().replaceAll("^[ \t]+|[ \t]+$", ""));
            }
        }
        return values;
    }

    private static List<String> list(Headers headers, String name) {
        List<String> found = new ArrayList<>();
        for (String value : values(headers, name)) {
            for (String element : value.split(",")) {
                found.add(element.replaceAll("^[ \t]+|[ \t]+$", "").toLowerCase(java.util.Locale.ROOT));
            }
        }
        return found;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
