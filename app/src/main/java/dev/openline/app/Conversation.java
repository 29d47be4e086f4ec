package dev.openline.app;

import dev.openline.net.LineState;
import dev.openline.net.LineStatus;
import dev.openline.net.RedialingLine;
import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.FrameHead;
import dev.openline.wire.FrameLine;
import dev.openline.wire.FrameTap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A line spoken on by a terminal or a pipe, or one line after another.
 *
 * <p>Three threads meet here: the reader blocks on the input, the line's event loop prints what comes, and the command waits for
 * the end. A printing event loop blocks while nobody reads our output; it carries this one line only, which then rightly stalls.
 */
final class Conversation implements WebSocketHandler {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean interactive;
    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
    private final CompletableFuture<LineStatus> ended = new CompletableFuture<>();

    /** Released when there may be a line that takes more, or never will. */
    private final Semaphore room = new Semaphore(0);

    /**
     * @param out for what the peer says
     * @param err for everything else
     * @param interactive whether a person types: then it is said that the line is open, and what comes is marked
     */
    Conversation(PrintWriter out, PrintWriter err, boolean interactive) {
        this.out = out;
        this.err = err;
        this.interactive = interactive;
    }

    /** Sends what is read and prints what comes, until the line is closed. */
    CloseStatus talk(InputStream input) {
        WebSocket line = opened.join();
        start(input, new Outlet() {
            @Override
            public SendResult send(String text) {
                return line.sendText(text);
            }

            @Override
            public boolean isOver() {
                return true; // Asked only when the line took nothing.
            }

            @Override
            public void close(CloseStatus status) {
                line.close(status);
            }
        });
        return closed.join();
    }

    /** The same over any number of lines; what is read while there is none waits for the next. */
    LineStatus talk(InputStream input, RedialingLine line) {
        start(input, new Outlet() {
            @Override
            public SendResult send(String text) {
                return line.sendText(text);
            }

            @Override
            public boolean isOver() {
                return line.state() == LineState.ENDED;
            }

            @Override
            public void close(CloseStatus status) {
                line.close(status);
            }
        });
        return ended.join();
    }

    private void start(InputStream input, Outlet outlet) {
        Thread reader = new Thread(() -> sendAll(input, outlet), "openline-input");
        reader.setDaemon(true);
        reader.start();
    }

    /** Where the input goes. */
    private interface Outlet {
        SendResult send(String text);

        /** Whether it is closed for good. */
        boolean isOver();

        void close(CloseStatus status);
    }

    /** Hears how a line that redials fares. */
    void onStatus(LineStatus status) {
        if (status.state() == LineState.WAITING) {
            print(err, "Dialling again in " + shown(status.delay()) + ": " + status.why() + ".");
        }
        if (status.state() == LineState.OPEN || status.state() == LineState.ENDED) room.release();
        if (status.state() == LineState.ENDED) ended.complete(status);
    }

    private static String shown(Duration delay) {
        return String.format(Locale.ROOT, "%.1f s", delay.toMillis() / 1000.0);
    }

    /** Shows every frame, as it went by. */
    FrameTap wireLog() {
        return new FrameTap() {
            @Override
            public void frameSent(FrameHead head, String payloadPreview) {
                print(err, FrameLine.sent(head, payloadPreview).toString());
            }

            @Override
            public void frameReceived(FrameHead head, String payloadPreview) {
                print(err, FrameLine.received(head, payloadPreview).toString());
            }
        };
    }

    @Override
    public void onOpen(WebSocket line) {
        if (interactive) {
            String subprotocol = line.subprotocol();
            String agreed = subprotocol == null ? "" : " with subprotocol " + subprotocol;
            String extension = line.deflate() == null ? "" : " (" + line.deflate() + ")";
            print(err, "Connected" + agreed + extension + ". Each line you type is a message; ctrl-D hangs up.");
        }
        opened.complete(line);
    }

    @Override
    public void onText(WebSocket line, String text) {
        print(out, mark() + text);
    }

    @Override
    public void onBinary(WebSocket line, ByteBuffer data) {
        print(
                out,
                mark() + "binary " + FrameLine.binaryPreview(data) + " [" + Count.of(data.remaining(), "byte") + "]");
    }

    @Override
    public void onWritable(WebSocket line) {
        room.release();
    }

    @Override
    public void onClosed(WebSocket line, CloseStatus status) {
        room.release();
        if (interactive) print(err, "Closed: " + status + ".");
        closed.complete(status);
    }

    private String mark() {
        return interactive ? "< " : "";
    }

    private void sendAll(InputStream input, Outlet outlet) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                if (!send(text, outlet)) return;
            }
            outlet.close(CloseStatus.NORMAL);
        } catch (IOException e) {
            print(err, "openline: the input could not be read: " + e.getMessage());
            outlet.close(CloseStatus.GOING_AWAY);
        }
    }

    /** Waits while the peer does not take more, or is not there; answers whether the line can still be spoken on. */
    private boolean send(String text, Outlet outlet) {
        SendResult result = outlet.send(text);
        while (result == SendResult.QUEUE_FULL || result == SendResult.CLOSED && !outlet.isOver()) {
            room.acquireUninterruptibly();
            result = outlet.send(text);
        }
        return result == SendResult.ACCEPTED;
    }

    private static void print(PrintWriter to, String line) {
        to.println(line);
        to.flush();
    }
}
