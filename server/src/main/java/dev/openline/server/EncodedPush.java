package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.net.SharedBytes;
import dev.openline.net.SharedFrame;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.wire.MessageKind;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A push on its way to many lines: encoded once for each kind of line that asks, when the first of them does. Lines of all event loops share
 * it, so what is encoded is also shared; who makes it owns one reference.
 */
final class EncodedPush {
    /** What a line is sent of a publication. */
    enum Form {
        /** As it was said. */
        PLAIN,
        /** All of it, to a subscriber who takes patches. */
        WHOLE,
        /** A patch to the publication before, if that is shorter; else as {@link #WHOLE}. */
        PATCH
    }

    private static final int FORMS = Form.values().length;
    private static final int SPELLINGS = Spelling.values().length;

    private final Push push;

    /** The life of the log that the publication is in. */
    private volatile String epoch;

    /** What a patch would be to; null for no patches. */
    private final @Nullable Publication previous;

    private final AtomicInteger owners = new AtomicInteger(1);

    /** A {@link SharedFrame} or {@link SharedBytes} for each way in which it was asked for. */
    private final AtomicReferenceArray<Object> made = new AtomicReferenceArray<>(SPELLINGS * FORMS);

    private EncodedPush(Push push, String epoch, @Nullable Publication previous) {
        this.push = push;
        this.epoch = epoch;
        this.previous = previous;
    }

    static EncodedPush of(Push push) {
        return new EncodedPush(push, "", null);
    }

    static EncodedPush of(String channel, String epoch, Publication publication, @Nullable Publication previous) {
        return new EncodedPush(new Push.PublicationPush(channel, publication), epoch, previous);
    }

    /** Whether JSON can say this: not a payload that is something else. */
    boolean isJson() {
        return !(push instanceof Push.PublicationPush said)
                || said.publication().data().isJson();
    }

    /** What was said; null if it is something else. */
    @Nullable
    Publication publication() {
        return push instanceof Push.PublicationPush said ? said.publication() : null;
    }

    boolean isPublication() {
        return push instanceof Push.PublicationPush;
    }

    /** Says which life of the log the publication is in, where that wasn't known: that of the cursor which has come to it. */
    void livesIn(Cursor<EncodedPush> cursor) {
        if (epoch.isEmpty()) epoch = cursor.position().epoch();
    }

    /** As a WebSocket message; the reference stays this push's. */
    SharedFrame frame(Spelling spelling, Form form) {
        return (SharedFrame) in(spelling, form);
    }

    /** As a piece of a stream; the reference stays this push's. */
    SharedBytes bytes(Spelling spelling, Form form) {
        return (SharedBytes) in(spelling, form);
    }

    private Object in(Spelling spelling, Form form) {
        int index = spelling.ordinal() * FORMS + form.ordinal();
        Object ready = made.getAcquire(index);
        return ready == null ? make(spelling, form, index) : ready;
    }

    /** Who comes while another loop encodes waits for it, which takes no longer than to do the same again. */
    private synchronized Object make(Spelling spelling, Form form, int index) {
        Object ready = made.get(index);
        if (ready != null) return ready;
        var spelled = spelling.spell(coded(form, spelling), epoch);
        Object encoded = switch (spelling) {
            case JSON_MESSAGE, BARE_MESSAGE -> SharedFrame.of(MessageKind.TEXT, spelled);
            case DATA_MESSAGE -> SharedFrame.of(isJson() ? MessageKind.TEXT : MessageKind.BINARY, spelled);
            case PROTOBUF_MESSAGE -> SharedFrame.of(MessageKind.BINARY, spelled);
            case PROTOBUF_STREAM, JSON_LINES, JSON_EVENTS, BARE_LINES, BARE_EVENTS, DATA_EVENTS ->
                SharedBytes.of(spelled);
        };
        made.setRelease(index, encoded);
        return encoded;
    }

    private Push coded(Form form, Spelling spelling) {
        Encoding encoding = spelling.encoding();
        if (form == Form.PLAIN || encoding == null || !(push instanceof Push.PublicationPush said)) return push;
        Publication publication = said.publication();
        Payload patch = form == Form.PATCH ? Deltas.between(previous, publication, encoding) : null;
        return new Push.PublicationPush(
                said.channel(),
                patch == null
                        ? publication.coded(Publication.Coding.TEXT, publication.data())
                        : publication.coded(Publication.Coding.PATCH, patch));
    }

    EncodedPush retain() {
        if (owners.getAndIncrement() <= 0) throw new IllegalStateException("the push was released by all its owners");
        return this;
    }

    void release() {
        int left = owners.decrementAndGet();
        if (left < 0) throw new IllegalStateException("the push was released by all its owners");
        if (left > 0) return;
        for (int i = 0; i < made.length(); i++) {
            Object encoded = made.get(i);
            if (encoded instanceof SharedFrame frame) frame.release();
            else if (encoded instanceof SharedBytes bytes) bytes.release();
        }
    }
}
