package dev.openline.net;

import io.netty.handler.codec.http.FullHttpRequest;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Whole requests that a connection has sent ahead of their answers, in order. They are kept by reference. */
final class RequestsAhead {
    /** How many there may be, or how many bytes of bodies, before no more should be read. */
    private static final int MAX_PIPELINED = 16;

    private static final int MAX_PIPELINED_BYTES = 64 << 10;

    /** A whole request, and where in what came it ended. */
    record Queued(FullHttpRequest request, long end) {}

    private final ArrayDeque<Queued> requests = new ArrayDeque<>();
    private int bytes;

    void add(Queued whole) {
        whole.request.retain();
        requests.add(whole);
        bytes += whole.request.content().readableBytes();
    }

    boolean areFar() {
        return requests.size() >= MAX_PIPELINED || bytes >= MAX_PIPELINED_BYTES;
    }

    /** The next one, which the caller has to release. */
    @Nullable
    Queued poll() {
        Queued next = requests.poll();
        if (next != null) bytes -= next.request.content().readableBytes();
        return next;
    }

    void drop() {
        requests.forEach(queued -> queued.request.release());
        requests.clear();
        bytes = 0;
    }
}
