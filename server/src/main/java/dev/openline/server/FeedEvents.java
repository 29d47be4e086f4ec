package dev.openline.server;

import dev.openline.net.HttpStream;
import dev.openline.net.HttpStreamHandler;
import dev.openline.net.SendResult;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.StreamPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A feed as server-sent events: each publication is an event whose id is its position, so that an {@code EventSource} that dials again goes on
 * where it was. A gap is an event of its own kind.
 */
final class FeedEvents implements HttpStreamHandler, Feed.Outlet {
    private static final ByteBuffer BEAT =
            ByteBuffer.wrap(": \n\n".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

    private final Feed.Wish wish;
    private final Connections connections;
    private @Nullable HttpStream stream;
    private @Nullable Feed feed;

    FeedEvents(Feed.Wish wish, Connections connections) {
        this.wish = wish;
        this.connections = connections;
    }

    @Override
    public void onOpen(HttpStream opened) {
        stream = opened;
        // So that what lies between sees the response begin.
        opened.write(BEAT.duplicate());
        feed = new Feed(wish, this, connections);
        feed.begin();
    }

    @Override
    public void onWritable(HttpStream from) {
        if (feed != null) feed.onWritable();
    }

    @Override
    public void onGoingAway(HttpStream from) {
        if (feed != null) feed.close(Disconnect.SHUTDOWN);
        else from.end();
    }

    @Override
    public void onClosed(HttpStream from) {
        if (feed != null) feed.onClosed();
    }

    /** A payload that is no text can't be an event. */
    @Override
    public SendResult send(EncodedPush push) {
        if (push.isJson()) return stream().write(push.bytes(Spelling.DATA_EVENTS, EncodedPush.Form.PLAIN));
        if (feed != null) feed.close(Disconnect.INAPPROPRIATE_PROTOCOL);
        return SendResult.CLOSED;
    }

    @Override
    public void gap(StreamPosition top) {
        said("event: gap\nid: " + Place.text(top) + "\ndata: {}\n\n");
    }

    private void said(String event) {
        stream().write(ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean isWritable() {
        return stream().isWritable();
    }

    @Override
    public void beat() {
        stream().write(BEAT.duplicate());
    }

    /** An {@code EventSource} dials again whatever the reason; one that must not will be refused then. */
    @Override
    public void close(Disconnect why) {
        said("event: end\ndata: {\"code\":" + why.code() + "}\n\n");
        stream().end();
    }

    private HttpStream stream() {
        if (stream == null) throw new IllegalStateException("the stream is not open yet");
        return stream;
    }
}
