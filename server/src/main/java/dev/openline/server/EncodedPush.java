package dev.openline.server;

import dev.openline.net.SharedFrame;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
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

    private static final Form[] FORMS = Form.values();
    private static final int ENCODINGS = Encoding.values().length;

    private final Push push;

    /** What a patch would be to; null for no patches. */
    private final @Nullable Publication previous;

    private final AtomicInteger owners = new AtomicInteger(1);
    private final AtomicReferenceArray<SharedFrame> frames = new AtomicReferenceArray<>(ENCODINGS * FORMS.length);

    private EncodedPush(Push push, @Nullable Publication previous) {
        this.push = push;
        this.previous = previous;
    }

    static EncodedPush of(Push push) {
        return new EncodedPush(push, null);
    }

    static EncodedPush of(String channel, Publication publication, @Nullable Publication previous) {
        return new EncodedPush(new Push.PublicationPush(channel, publication), previous);
    }

    /** Whether JSON can say this: not a payload that is something else. */
    boolean isJson() {
        return !(push instanceof Push.PublicationPush said)
                || said.publication().data().isJson();
    }

    /** As a WebSocket frame; the reference stays this push's. */
    SharedFrame frame(Encoding encoding, Form form) {
        int index = encoding.ordinal() * FORMS.length + form.ordinal();
        SharedFrame made = frames.getAcquire(index);
        return made == null ? make(encoding, form, index) : made;
    }

    /** Who comes while another loop encodes waits for it, which takes no longer than to do the same again. */
    private synchronized SharedFrame make(Encoding encoding, Form form, int index) {
        SharedFrame made = frames.get(index);
        if (made != null) return made;
        MessageKind kind = encoding.isText() ? MessageKind.TEXT : MessageKind.BINARY;
        SharedFrame frame = SharedFrame.of(kind, ByteBuffer.wrap(encoding.encode(in(form, encoding))));
        frames.setRelease(index, frame);
        return frame;
    }

    private Push in(Form form, Encoding encoding) {
        if (form == Form.PLAIN || !(push instanceof Push.PublicationPush said)) return push;
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
        for (int i = 0; i < frames.length(); i++) {
            SharedFrame frame = frames.get(i);
            if (frame != null) frame.release();
        }
    }
}
