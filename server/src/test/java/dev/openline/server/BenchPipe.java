package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Reader;
import dev.openline.hub.Step;

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
    public void push(Cursor<EncodedPush> cursor, EncodedPush frame, Step step) {
        if (cursor.reader().patches() == Reader.Patches.NOT_TAKEN) client.hears(frame, EncodedPush.Form.PLAIN);
        else client.hears(frame, step == Step.NEXT ? EncodedPush.Form.PATCH : EncodedPush.Form.WHOLE);
    }

    @Override
    public void announce(Cursor<EncodedPush> cursor, EncodedPush frame) {
        client.hears(frame, EncodedPush.Form.PLAIN);
    }

    @Override
    public void onLost(String channel) {
        client.onLost(channel);
    }
}
