package dev.openline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines to one server, driven by one thread with one selector and nothing between it and the bytes. What is sent and counted is the
 * business of a {@link ClosedLoad} or an {@link OpenLoad}.
 */
final class Load implements AutoCloseable {
    /** Fits in a processor's second-level cache beside what it is compared with. */
    static final int READ_BYTES = 256 << 10;

    /** Ports that one address can be expected to have. */
    private static final int LINES_BY_ADDRESS = 20_000;

    /** Fewer than any server lets wait for it. */
    private static final int AT_A_TIME = 64;

    private final Selector selector;
    private final Server server;
    private final List<LoadLine> lines = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);

    /** What to do with a line that can be written to or read from; reads go into the buffer, which all lines share. */
    interface Driver {
        void writable(LoadLine line) throws IOException;

        void readable(LoadLine line, ByteBuffer shared) throws IOException;
    }

    private Load(Server server) throws IOException {
        this.server = server;
        this.selector = Selector.open();
    }

    static Load open(Server server, String path, int lines) throws IOException {
        Load load = new Load(server);
        try {
            load.add(path, lines);
        } catch (IOException | RuntimeException e) {
            load.close();
            throw e;
        }
        return load;
    }

    /** Opens further lines, some at a time: a server that waits for its turn on a processor then upgrades them all in one. */
    void add(String path, int count) throws IOException {
        for (int left = count; left > 0; left -= AT_A_TIME) {
            int first = lines.size();
            for (int i = 0; i < Math.min(left, AT_A_TIME); i++) lines.add(dial(path));
            for (LoadLine line : lines.subList(first, lines.size())) upgraded(line);
        }
    }

    /** Opens a line that isn't one of {@link #lines()}. */
    LoadLine line(String path) throws IOException {
        return upgraded(dial(path));
    }

    private LoadLine dial(String path) throws IOException {
        return LoadLine.dial(server, path, 2 + lines.size() / LINES_BY_ADDRESS);
    }

    private LoadLine upgraded(LoadLine line) throws IOException {
        line.upgraded(server.variant()).register(selector);
        return line;
    }

    List<LoadLine> lines() {
        return lines;
    }

    /** Waits so long at most, or not at all for 0, and drives the lines that are ready. */
    void turn(long waitMillis, Driver driver) throws IOException {
        try {
            if (waitMillis == 0) selector.selectNow(key -> drive(key, driver));
            else selector.select(key -> drive(key, driver), waitMillis);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void drive(SelectionKey key, Driver driver) {
        LoadLine line = (LoadLine) key.attachment();
        try {
            int ready = key.readyOps();
            if ((ready & SelectionKey.OP_WRITE) != 0) driver.writable(line);
            if ((ready & SelectionKey.OP_READ) != 0) driver.readable(line, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) ((LoadLine) key.attachment()).close();
        for (LoadLine line : lines) line.close();
        selector.close();
    }
}
