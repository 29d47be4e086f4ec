package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.Surroundings;
import dev.openline.protocol.EmulationRequest;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Result.ConnectResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sessions for clients that get no WebSocket through: the response to one request carries what the server says, and what the client says comes
 * by others.
 */
final class StreamDesk {
    private final Connections connections;
    private final String node;
    private final @Nullable Siblings siblings;
    private final int maxBytes;

    /** @param siblings the other servers that may have the session; null if there are none */
    StreamDesk(Connections connections, String node, @Nullable Siblings siblings, int maxBytes) {
        this.connections = connections;
        this.node = node;
        this.siblings = siblings;
        this.maxBytes = maxBytes;
    }

    HttpResponse stream(HttpRequest request) {
        if (request.body().length > maxBytes) return tooLarge();
        Encoding encoding = encodingOf(request);
        Spelling spelling = encoding.isText() ? Spelling.JSON_LINES : Spelling.PROTOBUF_STREAM;
        return opened(spelling, request.body());
    }

    HttpResponse events(HttpRequest request) {
        byte[] first = said(request);
        if (first.length > maxBytes) return tooLarge();
        if (first.length == 0) return HttpResponse.text(400, "no connect command\n");
        return opened(Spelling.JSON_EVENTS, first);
    }

    /** For clients that only listen; who says nothing at all is anonymous, or known by the fields of the request. */
    HttpResponse unidirectional(Spelling spelling, HttpRequest request) {
        byte[] first = said(request);
        return first.length > maxBytes ? tooLarge() : opened(spelling, first);
    }

    private static byte[] said(HttpRequest request) {
        if (request.method().equals("POST")) return request.body();
        String connect = request.query("cf_connect");
        return connect == null ? new byte[0] : connect.getBytes(StandardCharsets.UTF_8);
    }

    private HttpResponse opened(Spelling spelling, byte[] first) {
        var emulation = spelling.isUnidirectional() ? null : new ConnectResult.Emulation(Surroundings.randomId(), node);
        var carrier = new StreamCarrier(connections, Surroundings.randomId(), spelling, emulation, first);
        String type = switch (spelling) {
            case JSON_EVENTS, BARE_EVENTS -> "text/event-stream";
            case JSON_LINES, BARE_LINES -> "application/json";
            default -> "application/octet-stream";
        };
        // What would keep a response back until it is whole, or keep it at all, is told not to.
        return HttpResponse.stream(200, type, carrier)
                .with("x-accel-buffering", "no")
                .with("cache-control", "private, no-cache, no-store, must-revalidate, max-age=0")
                .with("pragma", "no-cache");
    }

    HttpResponse emulation(HttpRequest request) {
        if (request.body().length > 2 * maxBytes) return tooLarge();
        EmulationRequest said;
        try {
            said = EmulationRequest.decode(encodingOf(request), ByteBuffer.wrap(request.body()));
        } catch (MalformedFrame fault) {
            return HttpResponse.text(400, fault.getMessage() + "\n");
        }
        byte[] frame = said.data();
        if (frame.length > maxBytes) return tooLarge();
        if (said.node().equals(node)) {
            StreamCarrier carrier = connections.emulated(said.session());
            if (carrier != null) carrier.onFrame(frame);
        } else if (siblings != null && siblings.isPresent(said.node())) {
            siblings.post(said.node(), said.session(), frame);
        } else {
            return HttpResponse.text(404, "no such node\n");
        }
        return HttpResponse.empty(204);
    }

    private static Encoding encodingOf(HttpRequest request) {
        String type = request.headers().first("content-type");
        return type != null && type.startsWith("application/octet-stream") ? Encoding.PROTOBUF : Encoding.JSON;
    }

    private HttpResponse tooLarge() {
        return HttpResponse.text(413, "more than maxMessageBytes (" + maxBytes + ")\n");
    }
}
