package dev.openline.store.disk;

import dev.openline.hub.PublishRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a channel besides its publications. Written with its first publication, and again when more than the top has changed: the top is
 * also known from the newest publication.
 *
 * @param id begins the keys of its publications
 * @param life of the store in which {@code epoch} was given out
 * @param first nothing before it is complete
 * @param top at least as far the log has come
 * @param usedMillis when it was last used, give or take an hour
 */
record Record(
        long id,
        String epoch,
        int life,
        long first,
        long top,
        long usedMillis,
        PublishRequest.@Nullable Version version) {
    private static final int FORMAT = 1;

    /** The same, of which nothing before {@code offset} is complete. */
    Record from(long offset) {
        return new Record(id, epoch, life, offset, top, usedMillis, version);
    }

    /** The same, whose log has come at least so far. */
    Record reaching(long offset) {
        return new Record(id, epoch, life, first, Math.max(top, offset), usedMillis, version);
    }

    /** The same, used at that time. */
    Record usedAt(long millis) {
        return new Record(id, epoch, life, first, top, millis, version);
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(id);
            out.writeUTF(epoch);
            out.writeInt(life);
            out.writeLong(first);
            out.writeLong(top);
            out.writeLong(usedMillis);
            out.writeLong(version == null ? 0 : version.number());
            out.writeUTF(version == null ? "" : version.epoch());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static Record of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORMAT) throw new IllegalStateException("a channel of an unknown format");
            long id = in.readLong();
            String epoch = in.readUTF();
            int life = in.readInt();
            long first = in.readLong();
            long top = in.readLong();
            long used = in.readLong();
            long number = in.readLong();
            String versionEpoch = in.readUTF();
            var version = number == 0 ? null : new PublishRequest.Version(number, versionEpoch);
            return new Record(id, epoch, life, first, top, used, version);
        } catch (IOException e) {
            throw new UncheckedIOException("a channel that is cut short", e);
        }
    }
}
