package dev.openline.net;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that unfinished handshakes and requests may hold together. Each connection's own bounds are not enough against very many of
 * them.
 *
 * <p>When it is spent, the oldest unfinished ones make room: an honest handshake is over within a round trip or two, and who has been at it
 * for longest is most likely dribbling. Each loop drops its own, since only it may touch them; where it has none, the newcomer is refused.
 * Finished lines hold nothing of this and hear nothing of it.
 */
final class HandshakeBudget {
    /** What those are told who find it spent. */
    static final HttpResponse SPENT =
            HttpResponse.text(503, "too many unfinished requests\n").with("retry-after", "5");

    /** What all servers of the process share if they are not told otherwise, as they share its memory. */
    static final long DEFAULT_BYTES = 64L << 20;

    private static final HandshakeBudget PROCESS = new HandshakeBudget(DEFAULT_BYTES);

    /** Somebody who holds bytes of an unfinished request, on one loop. */
    interface Holder {
        /** Gives everything back at once and ends its connection. */
        void makeRoom();
    }

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** This loop's holders that may be dropped, the oldest first. */
    private final FastThreadLocal<LinkedHashSet<Holder>> holders = new FastThreadLocal<>() {
        @Override
        protected LinkedHashSet<Holder> initialValue() {
            return new LinkedHashSet<>();
        }
    };

    HandshakeBudget(long most) {
        this.most = most;
    }

    static HandshakeBudget ofProcess() {
        return PROCESS;
    }

    long held() {
        return held.get();
    }

    /** Whether this many bytes more may be held; makes room if it can. On the holder's loop. */
    boolean take(int bytes, Holder holder) {
        while (!taken(bytes)) {
            Holder oldest = oldestBut(holder);
            if (oldest == null) return false;
            holders.get().remove(oldest);
            oldest.makeRoom();
        }
        holders.get().add(holder);
        return true;
    }

    private boolean taken(int bytes) {
        if (held.addAndGet(bytes) <= most) return true;
        held.addAndGet(-bytes);
        return false;
    }

    private @Nullable Holder oldestBut(Holder holder) {
        Iterator<Holder> oldest = holders.get().iterator();
        while (oldest.hasNext()) {
            Holder candidate = oldest.next();
            if (candidate != holder) return candidate;
        }
        return null;
    }

    /** Its request is whole and is being answered: it is not dropped any more, though its bytes still count. */
    void spare(Holder holder) {
        holders.get().remove(holder);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }
}
