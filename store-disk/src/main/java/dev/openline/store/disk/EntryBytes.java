package dev.openline.store.disk;

import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a publication stands on the disk: its offset is in its key, its epoch in the channel's record. */
final class EntryBytes {
    private static final byte FORMAT = 1;
    private static final int HAS_INFO = 1;
    private static final int HAS_VERSION = 2;
    private static final int HAS_CONNECTION_INFO = 4;
    private static final int HAS_CHANNEL_INFO = 8;
    private static final int HAS_TAGS = 16;
    /** Says nothing of the entry itself: it is how a hole is told from a loss. */
    private static final int TOOK_OTHERS_AWAY = 32;

    private EntryBytes() {}

    static byte[] of(LogEntry entry) {
        Publication said = entry.publication();
        ClientInfo info = said.info();
        Payload connectionInfo = info == null ? null : info.connectionInfo();
        Payload channelInfo = info == null ? null : info.channelInfo();
        PublishRequest.Version version = entry.version();
        int flags = (info == null ? 0 : HAS_INFO)
                | (version == null ? 0 : HAS_VERSION)
                | (connectionInfo == null ? 0 : HAS_CONNECTION_INFO)
                | (channelInfo == null ? 0 : HAS_CHANNEL_INFO)
                | (said.tags().isEmpty() ? 0 : HAS_TAGS)
                | (entry.overtaken().isEmpty() ? 0 : TOOK_OTHERS_AWAY);
        Growing out = new Growing(32 + said.data().size());
        out.room(10).put(FORMAT).put((byte) flags).putLong(entry.timeMillis());
        if (version != null) {
            out.room(8).putLong(version.number());
            out.text(version.epoch());
        }
        if (info != null) {
            out.text(info.user());
            out.text(info.client());
        }
        if (connectionInfo != null) out.payload(connectionInfo);
        if (channelInfo != null) out.payload(channelInfo);
        if (!said.tags().isEmpty()) {
            out.room(4).putInt(said.tags().size());
            said.tags().forEach((name, value) -> {
                out.text(name);
                out.text(value);
            });
        }
        out.rest(said.data());
        return out.bytes();
    }

    static long timeOf(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(2);
    }

    /** Whether entries before this one, which were overtaken, were taken away together with its append. */
    static boolean tookOthersAway(byte[] bytes) {
        return (bytes[1] & TOOK_OTHERS_AWAY) != 0;
    }

    /** @throws RuntimeException if it is none */
    static LogEntry read(String epoch, long offset, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.get() != FORMAT) throw new IllegalStateException("a publication of an unknown format");
        int flags = in.get();
        long time = in.getLong();
        PublishRequest.Version version =
                (flags & HAS_VERSION) == 0 ? null : new PublishRequest.Version(in.getLong(), text(in));
        String user = (flags & HAS_INFO) == 0 ? "" : text(in);
        String client = (flags & HAS_INFO) == 0 ? "" : text(in);
        Payload connectionInfo = (flags & HAS_CONNECTION_INFO) == 0 ? null : payload(in, size(in));
        Payload channelInfo = (flags & HAS_CHANNEL_INFO) == 0 ? null : payload(in, size(in));
        Map<String, String> tags = new HashMap<>();
        if ((flags & HAS_TAGS) != 0) for (int left = size(in); left > 0; left--) tags.put(text(in), text(in));
        ClientInfo info = (flags & HAS_INFO) == 0 ? null : new ClientInfo(user, client, connectionInfo, channelInfo);
        var publication = new Publication(offset, payload(in, in.remaining()), info, tags);
        return new LogEntry(epoch, publication, time, null, version, List.of());
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[size(in)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Not more than there is: one that is damaged must not cost the memory of a giant. */
    private static int size(ByteBuffer in) {
        int size = in.getInt();
        if (size < 0 || size > in.remaining()) throw new IllegalStateException("a publication that is cut short");
        return size;
    }

    private static Payload payload(ByteBuffer in, int size) {
        byte[] bytes = new byte[size];
        in.get(bytes);
        return Payload.wrap(bytes);
    }

    /** A buffer that grows. */
    private static final class Growing {
        private ByteBuffer buffer;

        Growing(int size) {
            buffer = ByteBuffer.allocate(size);
        }

        ByteBuffer room(int more) {
            if (buffer.remaining() >= more) return buffer;
            ByteBuffer larger = ByteBuffer.allocate(2 * buffer.capacity() + more);
            buffer = larger.put(buffer.flip());
            return buffer;
        }

        void text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            room(4 + bytes.length).putInt(bytes.length).put(bytes);
        }

        void payload(Payload payload) {
            room(4).putInt(payload.size());
            rest(payload);
        }

        void rest(@Nullable Payload payload) {
            if (payload != null) room(payload.size()).put(payload.buffer());
        }

        byte[] bytes() {
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return bytes;
        }
    }
}
