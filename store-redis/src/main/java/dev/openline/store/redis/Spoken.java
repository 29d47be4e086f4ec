package dev.openline.store.redis;

import dev.openline.hub.LogEntry;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.protocol.ServerMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * How publications and people stand in Redis: as the pushes of the client protocol, in Protobuf, without the offset and with another name of the channel. Before that
 * stands what the scripts know, in digits, up to a {@code |} each.
 */
final class Spoken {
    /** A push has to have one; here the key says which it is. */
    private static final String NO_CHANNEL = "-";

    private Spoken() {}

    static byte[] of(Publication publication) {
        return Encoding.PROTOBUF.encode(new Push.PublicationPush(NO_CHANNEL, publication));
    }

    static byte[] joined(ClientInfo who) {
        return Encoding.PROTOBUF.encode(new Push.Join(NO_CHANNEL, who));
    }

    static byte[] left(ClientInfo who) {
        return Encoding.PROTOBUF.encode(new Push.Leave(NO_CHANNEL, who));
    }

    /** @throws IllegalArgumentException if it is none */
    static Push push(ByteBuffer bytes) {
        try {
            ServerMessage message = Encoding.PROTOBUF.serverMessages(bytes).next();
            if (message instanceof Push push) return push;
            throw new IllegalArgumentException("no push");
        } catch (MalformedFrame e) {
            throw new IllegalArgumentException("no push: " + e.getMessage(), e);
        }
    }

    private static Publication publication(ByteBuffer bytes, long offset) {
        if (!(push(bytes) instanceof Push.PublicationPush said)) throw new IllegalArgumentException("no publication");
        Publication publication = said.publication();
        return new Publication(
                offset,
                publication.data(),
                publication.info(),
                publication.tags(),
                publication.coding(),
                publication.channel());
    }

    /** An entry as it stands in a list: its time and the publication. */
    static LogEntry entry(String epoch, long offset, ByteBuffer bytes) {
        long time = Long.parseLong(upToBar(bytes));
        return new LogEntry(epoch, publication(bytes, offset), time, null, null, List.of());
    }

    /** An entry as it stands in a hash of the newest of each key: its offset, its time and the publication. */
    static LogEntry keyedEntry(String epoch, ByteBuffer bytes) {
        return entry(epoch, Long.parseLong(upToBar(bytes)), bytes);
    }

    /** What is told of something in a log: whether to be patched, epoch, offset, time and the publication. */
    static SharedStore.Said said(ByteBuffer bytes) {
        boolean patched = bytes.get() == '1';
        String epoch = upToBar(bytes);
        return new SharedStore.Said(keyedEntry(epoch, bytes), patched);
    }

    /** What is told of something that is in no log. */
    static SharedStore.Said unlogged(ByteBuffer bytes) {
        return new SharedStore.Said(new LogEntry("", publication(bytes, 0), 0, null, null, List.of()), false);
    }

    /** Somebody who is there. */
    record Member(long joined, ClientInfo who) {}

    /** Somebody on a list: the user's id, when it joined, and the same as for who joined. */
    static byte[] member(ClientInfo who, long joined) {
        byte[] front = (who.user() + joined + '|').getBytes(StandardCharsets.UTF_8);
        byte[] push = joined(who);
        byte[] all = Arrays.copyOf(front, front.length + push.length);
        System.arraycopy(push, 0, all, front.length, push.length);
        return all;
    }

    /** The same as it stands on the list, after the length of the user's id. */
    static Member member(ByteBuffer bytes) {
        int length = Integer.parseInt(up(bytes, (byte) ':'));
        bytes.position(bytes.position() + length);
        long joined = Long.parseLong(upToBar(bytes));
        if (!(push(bytes) instanceof Push.Join join)) throw new IllegalArgumentException("nobody");
        return new Member(joined, join.info());
    }

    private static String upToBar(ByteBuffer bytes) {
        return up(bytes, (byte) '|');
    }

    private static String up(ByteBuffer bytes, byte end) {
        int from = bytes.position();
        while (bytes.hasRemaining()) {
            if (bytes.get() != end) continue;
            byte[] text = new byte[bytes.position() - 1 - from];
            bytes.get(from, text);
            return new String(text, StandardCharsets.UTF_8);
        }
        throw new IllegalArgumentException("cut short");
    }
}
