package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Reader;
import dev.openline.hub.Subscribed;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;

/** The client as its session sees it: where replies go, and the cursors that its subscriptions read with. */
interface Peer {
    void reply(Reply reply);

    void push(Push push);

    void ping();

    /** Ends the line with this code; what was said before still leaves. */
    void close(Disconnect why);

    /** Places a cursor after what the reply to {@code subscribe} has already carried; from now on publications flow. */
    Cursor<EncodedPush> attach(String channel, Subscribed.Accepted at, Reader reader);

    void detach(Cursor<EncodedPush> cursor);

    /** The session is connected and the client knows: publications may flow from now on. */
    void talks();

    /** The session's next deadline has moved. */
    void deadlineMoved();

    /** Bytes that have left for the client. */
    long sentBytes();

    /** Stops or goes on hearing commands. */
    void pauseReading();

    void resumeReading();
}
