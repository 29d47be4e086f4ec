package dev.openline.server;

import dev.openline.protocol.Encoding;
import dev.openline.protocol.JsonFrame;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How what is said looks on each kind of line. */
enum Spelling {
    /** The protocol in JSON: the text of a WebSocket message. */
    JSON_MESSAGE,
    /** The protocol in Protobuf: the bytes of a WebSocket message. */
    PROTOBUF_MESSAGE,
    /** The protocol in Protobuf, where messages tell their length. */
    PROTOBUF_STREAM,
    /** The protocol in JSON, each message on a line that ends. */
    JSON_LINES,
    /** The protocol in JSON, each message an event of {@code text/event-stream}. */
    JSON_EVENTS,
    /** Bare pushes in JSON: the text of a WebSocket message. */
    BARE_MESSAGE,
    /** Bare pushes in JSON, each on a line that ends. */
    BARE_LINES,
    /** Bare pushes in JSON, each an event of {@code text/event-stream}. */
    BARE_EVENTS,
    /** A publication's payload and nothing else: a WebSocket message. */
    DATA_MESSAGE,
    /** A publication's payload as an event whose id is its position. */
    DATA_EVENTS;

    private static final byte[] EVENT = ascii("data: ");
    private static final byte[] EVENT_END = ascii("\n\n");
    private static final byte[] LINE_END = ascii("\n");
    private static final byte[] NOTHING = {};

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The encoding of the protocol, or null where there is only data. */
    @Nullable
    Encoding encoding() {
        return switch (this) {
            case JSON_MESSAGE, JSON_LINES, JSON_EVENTS, BARE_MESSAGE, BARE_LINES, BARE_EVENTS -> Encoding.JSON;
            case PROTOBUF_MESSAGE, PROTOBUF_STREAM -> Encoding.PROTOBUF;
            case DATA_MESSAGE, DATA_EVENTS -> null;
        };
    }

    /** Whether pushes stand bare: the client only listens. */
    boolean isUnidirectional() {
        return this == BARE_MESSAGE || this == BARE_LINES || this == BARE_EVENTS;
    }

    /** An empty frame for replies and pushes, before it is {@link #wrap}ped; only where the protocol is spoken. */
    MessageFrame frame() {
        Encoding encoding = encoding();
        if (encoding == null) throw new IllegalStateException(this + " has no messages but publications");
        return isUnidirectional() ? JsonFrame.unidirectional() : encoding.frame();
    }

    /** Whether payloads have to be text on such lines, and so JSON. */
    boolean isText() {
        return this != PROTOBUF_MESSAGE && this != PROTOBUF_STREAM && this != DATA_MESSAGE;
    }

    /** A frame of the protocol as it goes on such a line. */
    ByteBuffer wrap(ByteBuffer frame) {
        return switch (this) {
            case JSON_LINES, BARE_LINES -> joined(frame, NOTHING, LINE_END);
            case JSON_EVENTS, BARE_EVENTS -> joined(events(frame), NOTHING, EVENT_END);
            default -> frame;
        };
    }

    /** Messages of one frame stand on lines of their own: each becomes an event. */
    private static ByteBuffer events(ByteBuffer frame) {
        int lines = 1;
        for (int i = frame.position(); i < frame.limit(); i++) if (frame.get(i) == '\n') lines++;
        ByteBuffer events = ByteBuffer.allocate(frame.remaining() + lines * (EVENT.length + 1));
        events.put(EVENT);
        for (int i = frame.position(); i < frame.limit(); i++) {
            byte b = frame.get(i);
            events.put(b);
            if (b == '\n') events.put((byte) '\n').put(EVENT);
        }
        return events.flip();
    }

    private static ByteBuffer joined(ByteBuffer middle, byte[] before, byte[] after) {
        ByteBuffer all = ByteBuffer.allocate(before.length + middle.remaining() + after.length);
        return all.put(before).put(middle.duplicate()).put(after).flip();
    }

    /**
     * A push as it goes on such a line.
     *
     * @param epoch the life of the log that a publication is in; empty where nobody asks for it
     */
    ByteBuffer spell(Push push, String epoch) {
        Encoding encoding = encoding();
        if (isUnidirectional()) return wrap(frame().add(push).buffer());
        if (encoding != null) return wrap(ByteBuffer.wrap(encoding.encode(push)));
        Publication publication = ((Push.PublicationPush) push).publication();
        ByteBuffer data = publication.data().buffer();
        if (this == DATA_MESSAGE) return data;
        byte[] id =
                publication.offset() == 0 ? NOTHING : ascii("id: " + Place.text(epoch, publication.offset()) + "\n");
        return joined(joined(data, EVENT, EVENT_END), id, NOTHING);
    }
}
