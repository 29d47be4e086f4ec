package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A line that is dialled again whenever it breaks, until {@link #close} or an end that the {@link RedialRule} or the budget makes final. Every
 * method may be called from any thread and none blocks.
 *
 * <p>Its handler hears each line from {@code onOpen} to {@code onClosed}; the handler and the status listener are called from one event loop, one
 * after another, also across redials: {@code onClosed} of a line comes before anything of the next one.
 *
 * <p>What was missed between two lines is missed: whoever needs it must ask the server, or use channels. {@code docs/client.md} has the
 * rules, {@code docs/client-line-states.md} the states.
 */
public final class RedialingLine implements AutoCloseable {
    private final RedialDriver driver;

    RedialingLine(RedialDriver driver) {
        this.driver = driver;
    }

    /** Sends a text message on the line that is open now; see {@link #send}. */
    public SendResult sendText(String text) {
        return send(MessageKind.TEXT, utf8(text));
    }

    /** Sends a binary message on the line that is open now; see {@link #send}. */
    public SendResult sendBinary(ByteBuffer data) {
        return send(MessageKind.BINARY, data);
    }

    /**
     * Sends a message on the line that is open now. {@link SendResult#CLOSED} while there is none, unless the options say that messages are kept
     * meanwhile ({@link RedialOptions#maxKeptBytes}). The buffer is copied and its position left alone.
     */
    public SendResult send(MessageKind kind, ByteBuffer payload) {
        return driver.messages().send(kind, payload);
    }

    /**
     * Sends as {@link #send} does, and tells what became of the message: {@link SendOutcome#WRITTEN} when it was handed to the operating system, also
     * if it was kept before; {@link SendOutcome#LOST} when its line or all lines ended before that was known. Completes on the event loop, or
     * at once if the message wasn't taken; never exceptionally.
     */
    public CompletionStage<SendOutcome> sendTracked(MessageKind kind, ByteBuffer payload) {
        CompletableFuture<SendOutcome> outcome = new CompletableFuture<>();
        switch (driver.messages().send(kind, payload, outcome)) {
            case ACCEPTED -> {}
            case QUEUE_FULL -> outcome.complete(SendOutcome.QUEUE_FULL);
            case CLOSED -> outcome.complete(SendOutcome.CLOSED);
        }
        return outcome;
    }

    /** Sends as {@link #sendText} does, and tells what became of the message; see {@link #sendTracked}. */
    public CompletionStage<SendOutcome> sendTextTracked(String text) {
        return sendTracked(MessageKind.TEXT, utf8(text));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The line that is open now, or null. It is only this one line: closing it is followed by a redial, if the rule allows. */
    public @Nullable WebSocket line() {
        return driver.messages().line();
    }

    public LineState state() {
        return status().state();
    }

    /** How it is, and why. */
    public LineStatus status() {
        return driver.status();
    }

    /**
     * Dials at once instead of later, whatever delay was drawn or wished by the server: for when the network or the laptop is back. Nothing
     * while a line is open or being dialled. The dial counts as an attempt like any other.
     */
    public void redialNow() {
        driver.redialNow();
    }

    /** Completes with the last status when there will be no more dials; on the event loop, after the listener heard of it; never exceptionally. */
    public CompletionStage<LineStatus> ended() {
        return driver.ended();
    }

    /** Closes with this status and dials no more, from whatever state. */
    public void close(CloseStatus status) {
        driver.close(status);
    }

    /** Closes with 1000 and dials no more. Doesn't wait for the end: that is {@link #ended}. */
    @Override
    public void close() {
        close(CloseStatus.NORMAL);
    }

    /** Runs tasks on the thread that calls the handler. */
    public Executor executor() {
        return driver.home();
    }

    @Override
    public String toString() {
        return "redialling line, " + status();
    }
}
