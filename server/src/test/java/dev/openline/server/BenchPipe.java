package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Step;
import dev.openline.net.SharedFrame;

/** The pipe of a client on the bench: takes frames while the client reads. */
final class BenchPipe implements LinePipe {
    private final Bench.Client client;

    BenchPipe(Bench.Client client) {
        this.client = client;
    }

    @Override
    public boolean writable() {
        return client.reads();
    }

    @Override
    public void push(Cursor<SharedFrame> cursor, SharedFrame frame, Step step) {
        client.hears(frame);
    }

    @Override
    public void announce(Cursor<SharedFrame> cursor, SharedFrame frame) {
        client.hears(frame);
    }

    @Override
    public void onLost(String channel) {
        client.onLost(channel);
    }
}
