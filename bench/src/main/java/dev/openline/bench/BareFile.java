package dev.openline.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Appends to one file, and knows nothing of channels: what the disk and the system leave to have. */
final class BareFile implements GroupCommit.Writing {
    private final FileChannel file;
    private final boolean sync;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);

    BareFile(Path directory, boolean sync) throws IOException {
        this.file = FileChannel.open(
                directory.resolve("bare"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        this.sync = sync;
    }

    @Override
    public void write(List<GroupCommit.Entry> batch) throws IOException {
        int size = 0;
        for (GroupCommit.Entry entry : batch) size += 16 + entry.data().length;
        if (buffer.capacity() < size) buffer = ByteBuffer.allocateDirect(size);
        buffer.clear();
        for (GroupCommit.Entry entry : batch)
            buffer.putInt(entry.channel())
                    .putLong(entry.offset())
                    .putInt(entry.data().length)
                    .put(entry.data());
        buffer.flip();
        while (buffer.hasRemaining()) file.write(buffer);
        if (sync) file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
