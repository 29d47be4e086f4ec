package dev.openline.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * What both ends agreed on for permessage-deflate (RFC 7692 §7.1).
 *
 * @param server how the server compresses
 * @param client how the client compresses
 */
public record DeflateParameters(DeflateContext server, DeflateContext client) {
    /** The extension's name in {@code Sec-WebSocket-Extensions}. */
    public static final String NAME = "permessage-deflate";

    static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
    static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
    static final String SERVER_WINDOW = "server_max_window_bits";
    static final String CLIENT_WINDOW = "client_max_window_bits";

    /** How this end compresses. */
    public DeflateContext sentBy(Role sender) {
        return sender == Role.SERVER ? server : client;
    }

    /** As a server answers it, or a client offers it; a window of the largest size goes without saying. */
    Extension toExtension() {
        List<Extension.Parameter> parameters = new ArrayList<>();
        if (!server.isTakenOver()) {
            parameters.add(new Extension.Parameter(SERVER_NO_TAKEOVER, null));
        }
        if (!client.isTakenOver()) {
            parameters.add(new Extension.Parameter(CLIENT_NO_TAKEOVER, null));
        }
        window(SERVER_WINDOW, server, parameters);
        window(CLIENT_WINDOW, client, parameters);
        return new Extension(NAME, parameters);
    }

    /** As in the answer's header. */
    @Override
    public String toString() {
        return toExtension().toString();
    }

    private static void window(String name, DeflateContext context, List<Extension.Parameter> parameters) {
        if (context.windowBits() < DeflateContext.MAX_WINDOW_BITS) {
            parameters.add(new Extension.Parameter(name, Integer.toString(context.windowBits())));
        }
    }
}
