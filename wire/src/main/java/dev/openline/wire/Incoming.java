package dev.openline.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into messages and control frames, resuming at any byte. The usual case, a whole message in one
 * frame inside the buffer at hand, is handed over as a window of that buffer and leaves nothing behind; only what spans
 * reads or frames is copied.
 */
final class Incoming {
    private final HeadRules rules;

    private MessageMemory memory = MessageMemory.HEAP;

    /** The head the last read ended in; null outside a head. */
    private @Nullable PartialHead partialHead;

    /** The message the last read or frame ended in; null between messages. */
    private @Nullable MessageAssembly message;

    /** The memory of the message that the sink hears right now; null when it lies in the buffer at hand. */
    private MessageMemory.@Nullable Block delivered;

    /** The control frame the last read ended in; null outside one. */
    private @Nullable ByteBuffer control;

    /** The current frame: its first byte, what is left of its payload, and the key that masks the next byte. */
    private int firstByte;

    private int remaining;
    private int maskKey;

    Incoming(HeadRules rules) {
        this.rules = rules;
    }

    /** Whose side this is. */
    Role reader() {
        return rules.reader();
    }

    /** Takes one step: a whole frame if the buffer holds one, otherwise the part of it that came. */
    void read(ByteBuffer in, Wire wire, WireSink sink) {
        if (remaining > 0) {
            resume(in, wire, sink);
        } else if (head(in)) {
            payload(in, wire, sink);
        }
    }

    /** Memory held for what is unfinished, in bytes. */
    int heldBytes() {
        MessageAssembly unfinished = message;
        return unfinished == null ? 0 : unfinished.capacity();
    }

    boolean isInsideFrame() {
        return remaining > 0;
    }

    MessageMemory.@Nullable Block delivered() {
        return delivered;
    }

    /** Where the next bytes of the current frame belong; null where they are better read elsewhere first. */
    @Nullable
    Room room(int most) {
        MessageAssembly current = message;
        return current == null || control != null || remaining == 0
                ? null
                : current.room(Math.min(remaining, most), mostOf(current));
    }

    /** Takes bytes that were put where {@link #room} said. */
    void filled(int bytes, Wire wire, WireSink sink) {
        MessageAssembly current = message;
        if (current == null || control != null || bytes > Math.min(remaining, current.spare())) {
            throw new IllegalArgumentException(bytes + " bytes where there is no room");
        }
        current.filled(bytes, isMasked() ? maskKey : 0);
        assembled(bytes, current, wire, sink);
    }

    /** Where messages that begin from now on are kept until they are whole. */
    void memory(MessageMemory memory) {
        this.memory = memory;
    }

    /** Drops what is unfinished: nothing more will be read. */
    void forget() {
        MessageAssembly unfinished = message;
        partialHead = null;
        message = null;
        control = null;
        if (unfinished != null) {
            unfinished.release();
        }
    }

    private boolean head(ByteBuffer in) {
        int at = in.position();
        int available = in.limit() - at;
        if (partialHead == null && available >= 2) {
            int b1 = in.get(at + 1);
            int lengthEnd = PartialHead.lengthEnd(b1);
            int end = b1 < 0 ? lengthEnd + 4 : lengthEnd;
            if (available >= end) {
                wholeHead(in, at, b1, lengthEnd);
                in.position(at + end);
                return true;
            }
        }
        return headByByte(in);
    }

    private void wholeHead(ByteBuffer in, int at, int b1, int lengthEnd) {
        int b0 = in.get(at);
        rules.first(b0, message);
        rules.second(b0, b1);
        long length = b1 & 0x7f;
        if (lengthEnd > 2) {
            length = 0;
            for (int i = 2; i < lengthEnd; i++) {
                length = length << 8 | in.get(at + i) & 0xff;
            }
        }
        if (!HeadRules.isControl(b0)) {
            rules.length(b1, length, message);
        }
        firstByte = b0;
        remaining = (int) length;
        if (b1 < 0) {
            maskKey = Words.key(in, at + lengthEnd);
        }
    }

    private boolean headByByte(ByteBuffer in) {
        PartialHead head = partialHead;
        if (head == null) {
            head = new PartialHead();
            partialHead = head;
        }
        while (in.hasRemaining()) {
            head.take(in.get());
            if (head.taken() == 1) {
                rules.first(head.firstByte(), message);
            } else if (head.taken() == 2) {
                rules.second(head.firstByte(), head.secondByte());
            }
            if (head.lengthIsKnown() && !HeadRules.isControl(head.firstByte())) {
                rules.length(head.secondByte(), head.length(), message);
            }
            if (head.isWhole()) {
                partialHead = null;
                firstByte = head.firstByte();
                remaining = (int) head.length();
                maskKey = head.maskKey();
                return true;
            }
        }
        return false;
    }

    private void payload(ByteBuffer in, Wire wire, WireSink sink) {
        boolean whole = remaining <= in.remaining();
        if (HeadRules.isControl(firstByte)) {
            if (whole) {
                wholeControl(in, wire, sink);
            } else {
                control = ByteBuffer.allocate(remaining);
                collectControl(in, wire, sink);
            }
        } else if (whole && firstByte < 0 && message == null) {
            wholeMessage(in, wire, sink);
        } else {
            MessageAssembly current = message;
            if (current == null) {
                current = new MessageAssembly(firstByte, memory);
                message = current;
            }
            current.frameOpens(firstByte < 0 ? remaining : 0);
            assemble(current, in, wire, sink);
        }
    }

    private void resume(ByteBuffer in, Wire wire, WireSink sink) {
        if (control != null) {
            collectControl(in, wire, sink);
        } else {
            assemble(message, in, wire, sink);
        }
    }

    private void wholeMessage(ByteBuffer in, Wire wire, WireSink sink) {
        int from = in.position();
        int to = from + remaining;
        remaining = 0;
        long seen = isMasked() ? Words.unmask(in, from, to, maskKey) : Words.TOP_BITS;
        boolean text = (firstByte & 0x0f) == 0x1;
        if (text && (seen & Words.TOP_BITS) != 0 && (firstByte & 0x70) == 0) {
            requireUtf8(in, from, to);
        }
        int limit = in.limit();
        in.limit(to);
        try {
            if (wire.isTapped()) {
                wire.tapReceived(firstByte, in);
            }
            MessageKind kind = text ? MessageKind.TEXT : MessageKind.BINARY;
            if ((firstByte & DeflateNegotiation.RSV1) != 0 && wire.inflates()) {
                wire.heardCompressed(firstByte, kind, in, rules.limits().maxMessageBytes(), sink);
            } else {
                sink.onMessage(kind, in);
            }
        } finally {
            in.limit(limit).position(to);
        }
    }

    private static void requireUtf8(ByteBuffer in, int from, int to) {
        int state = Utf8.check(Utf8.BETWEEN, in, from, to);
        if (state != Utf8.BETWEEN) {
            throw state == Utf8.BROKEN ? MessageAssembly.notUtf8() : MessageAssembly.endsInsideCharacter();
        }
    }

    private void assemble(MessageAssembly current, ByteBuffer in, Wire wire, WireSink sink) {
        int from = in.position();
        int length = Math.min(remaining, in.remaining());
        current.append(in, from, length, isMasked() ? maskKey : 0, mostOf(current));
        in.position(from + length);
        assembled(length, current, wire, sink);
    }

    /** What the message can still grow to, as far as is known. */
    private int mostOf(MessageAssembly current) {
        return firstByte < 0 ? current.size() + remaining : rules.limits().maxMessageBytes();
    }

    /** The message has grown by bytes of the current frame. */
    private void assembled(int length, MessageAssembly current, Wire wire, WireSink sink) {
        boolean last = firstByte < 0;
        maskKey = Words.rotated(maskKey, length);
        remaining -= length;
        if (remaining > 0) {
            return;
        }
        if (wire.isTapped()) {
            wire.tapReceived(firstByte, current.lastFrame());
        }
        if (last) {
            deliver(current, wire, sink);
        }
    }

    private void deliver(MessageAssembly whole, Wire wire, WireSink sink) {
        message = null;
        delivered = whole.block();
        try {
            if (whole.isCompressed() && wire.inflates()) {
                int most = rules.limits().maxMessageBytes();
                wire.heardCompressed(firstByte, whole.kind(), whole.whole(), most, sink);
            } else {
                sink.onMessage(whole.kind(), whole.whole());
            }
        } finally {
            delivered = null;
            whole.release();
        }
    }

    private void wholeControl(ByteBuffer in, Wire wire, WireSink sink) {
        int from = in.position();
        int to = from + remaining;
        remaining = 0;
        if (isMasked()) {
            Words.unmask(in, from, to, maskKey);
        }
        int limit = in.limit();
        in.limit(to);
        try {
            wire.heardControl(firstByte, in, sink);
        } finally {
            in.limit(limit).position(to);
        }
    }

    private void collectControl(ByteBuffer in, Wire wire, WireSink sink) {
        ByteBuffer payload = control;
        int length = Math.min(remaining, in.remaining());
        int at = payload.position();
        Words.move(in, in.position(), payload, at, length, isMasked() ? maskKey : 0);
        in.position(in.position() + length);
        payload.position(at + length);
        maskKey = Words.rotated(maskKey, length);
        remaining -= length;
        if (remaining == 0) {
            control = null;
            wire.heardControl(firstByte, payload.flip(), sink);
        }
    }

    private boolean isMasked() {
        return rules.reader() == Role.SERVER;
    }
}
