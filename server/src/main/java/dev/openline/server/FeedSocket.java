package dev.openline.server;

import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.StreamPosition;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A feed as a bare WebSocket: each message is the payload of a publication. What the peer says is not heard. */
final class FeedSocket implements WebSocketHandler, Feed.Outlet {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Feed.Wish wish;
    private final Connections connections;
    private @Nullable WebSocket line;
    private @Nullable Feed feed;

    /** A ping is under way that nothing was heard after. */
    private boolean unanswered;

    FeedSocket(Feed.Wish wish, Connections connections) {
        this.wish = wish;
        this.connections = connections;
    }

    @Override
    public void onOpen(WebSocket opened) {
        line = opened;
        feed = new Feed(wish, this, connections);
        feed.begin();
    }

    @Override
    public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
        unanswered = false;
    }

    @Override
    public void onPong(WebSocket from, ByteBuffer payload) {
        unanswered = false;
    }

    @Override
    public void onWritable(WebSocket from) {
        if (feed != null) feed.onWritable();
    }

    @Override
    public void onGoingAway(WebSocket from) {
        if (feed != null) feed.close(Disconnect.SHUTDOWN);
    }

    @Override
    public void onClosed(WebSocket from, CloseStatus status) {
        if (feed != null) feed.onClosed();
    }

    @Override
    public SendResult send(EncodedPush push) {
        return line().send(push.frame(Spelling.DATA_MESSAGE, EncodedPush.Form.PLAIN));
    }

    /** A message that is data can't say so: the follower has to come back without a position. */
    @Override
    public void gap(StreamPosition top) {
        if (feed != null) feed.close(Disconnect.INSUFFICIENT_STATE);
    }

    @Override
    public boolean isWritable() {
        return line().isWritable();
    }

    @Override
    public void beat() {
        if (unanswered && feed != null) {
            feed.close(Disconnect.NO_PONG);
            return;
        }
        unanswered = true;
        line().ping(NOTHING);
    }

    @Override
    public void close(Disconnect why) {
        line().close(CloseStatus.truncated(why.code(), why.reason()));
    }

    private WebSocket line() {
        if (line == null) throw new IllegalStateException("the line is not open yet");
        return line;
    }
}
