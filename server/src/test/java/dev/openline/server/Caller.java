package dev.openline.server;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.ServerMessageReader;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client's end of a real line, in either encoding, which may say anything; pings it answers by itself. What it hears is read off in order. */
final class Caller implements WebSocketHandler, AutoCloseable {
    private static final Object PONG = "pong";

    private final Encoding encoding;
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final WebSocket line;

    /** Opens the line. */
    Caller(WebSocketClient dialler, int port, Encoding encoding) {
        this.encoding = encoding;
        String format = encoding.isText() ? "" : "?format=protobuf";
        URI address = URI.create("ws://127.0.0.1:" + port + "/connection/websocket" + format);
        this.line = dialler.dial(address, this).toCompletableFuture().join();
    }

    @Override
    public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
        try {
            ServerMessageReader messages = encoding.serverMessages(payload);
            for (ServerMessage next = messages.next(); next != null; next = messages.next())
                if (next instanceof Ping) says(new Command.Pong());
                else heard.add(next);
        } catch (MalformedFrame fault) {
            heard.add(fault);
        }
    }

    @Override
    public void onPong(WebSocket from, ByteBuffer payload) {
        heard.add(PONG);
    }

    @Override
    public void onClosed(WebSocket from, CloseStatus status) {
        heard.add(status);
    }

    Encoding encoding() {
        return encoding;
    }

    /** Says some commands in one frame. */
    Caller says(Command... commands) {
        MessageFrame frame = encoding.frame();
        for (Command command : commands) frame.add(command);
        return says(frame.bytes());
    }

    /** Says a frame of any bytes. */
    Caller says(byte[] frame) {
        line.send(encoding.isText() ? MessageKind.TEXT : MessageKind.BINARY, ByteBuffer.wrap(frame));
        return this;
    }

    /** Waits until the server has read all that was said; nothing else may come meanwhile. */
    void awaitRead() throws InterruptedException {
        line.ping(ByteBuffer.allocate(0));
        Object next = next();
        if (next != PONG) throw new AssertionError(nameOf(next));
    }

    /** What comes next: a message, or how the line ended. */
    Object next() throws InterruptedException {
        Object next = heard.poll(20, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("nothing was heard within twenty seconds");
        return next;
    }

    /** The reply to a command, or how the line ended before. Other messages are passed over. */
    Object replyTo(long id) throws InterruptedException {
        while (true) {
            Object next = next();
            if (!(next instanceof ServerMessage) || (next instanceof Reply reply && reply.id() == id)) return next;
        }
    }

    /** What becomes of a command: {@code reply}, {@code error 107}, {@code closed 3501}. */
    String answerTo(long id) throws InterruptedException {
        return nameOf(replyTo(id));
    }

    /** Everything up to the answer to a command, which is left out. */
    List<ServerMessage> before(long id) throws InterruptedException {
        List<ServerMessage> all = new ArrayList<>();
        while (true) {
            Object next = next();
            if (!(next instanceof ServerMessage message)) throw new AssertionError(nameOf(next));
            if (message instanceof Reply reply && reply.id() == id) return all;
            all.add(message);
        }
    }

    /** A message in few words. */
    static String nameOf(Object heard) {
        if (heard instanceof Reply.Failed failed)
            return "error " + failed.error().code();
        if (heard instanceof Reply) return "reply";
        if (heard instanceof CloseStatus status) return "closed " + status.code();
        if (heard instanceof Push.PublicationPush push)
            return "publication " + push.publication().offset();
        return heard.toString();
    }

    /** Goes away without a word. */
    @Override
    public void close() {
        line.abort();
    }
}
