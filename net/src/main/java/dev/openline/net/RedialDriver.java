package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a {@link RedialMachine} what it has not: dials, a clock, and an application to tell.
 *
 * <p>Two laws. Everything belongs to one event loop, the home: it carries every line that is dialled here, so whatever is heard of them is
 * heard in one order by one thread. And the machine is never called from inside itself: what it wants is written down, and done when it has
 * returned. A listener that calls the line therefore meets a machine at rest.
 */
final class RedialDriver implements RedialMachine.Effects {
    private static final Logger log = LoggerFactory.getLogger(RedialingLine.class);

    private final WebSocketClient client;
    private final DialPlan plan;
    private final WebSocketHandler handler;
    private final Consumer<LineStatus> listener;
    private final EventLoop home;
    private final RedialMachine machine;
    private final KeptMessages messages;
    private final CompletableFuture<LineStatus> ended = new CompletableFuture<>();
    private volatile LineStatus status = told(LineState.WAITING, "not dialled yet");

    // From here on for the home loop only.

    /** What the machine wants, and whether it is being done. */
    private final Queue<Runnable> wanted = new ArrayDeque<>();

    private boolean performing;

    /** The dial under way. */
    private @Nullable CompletableFuture<WebSocket> attempt;

    private long wakeAt = RedialMachine.NEVER;
    private @Nullable ScheduledFuture<?> wake;

    RedialDriver(WebSocketClient client, DialPlan plan, WebSocketHandler handler, RedialOptions options) {
        this.client = client;
        this.plan = plan;
        this.handler = handler;
        this.listener = options.listener();
        this.home = (EventLoop) client.loops().group().next();
        this.messages = new KeptMessages(options.maxKeptBytes());
        this.machine = new RedialMachine(options.settings(), new Guarded(options.rule()), options.random(), this);
    }

    // --- the application ---

    void start() {
        hand(() -> machine.start(now()));
    }

    void redialNow() {
        hand(() -> machine.redialNow(now()));
    }

    void close(CloseStatus status) {
        hand(() -> machine.close(status, now()));
    }

    KeptMessages messages() {
        return messages;
    }

    LineStatus status() {
        return status;
    }

    CompletableFuture<LineStatus> ended() {
        return ended;
    }

    EventLoop home() {
        return home;
    }

    // --- tasks and time ---

    private void hand(Runnable event) {
        if (home.inEventLoop()) {
            happened(event);
            return;
        }
        try {
            home.execute(() -> happened(event));
        } catch (RejectedExecutionException over) {
            LineStatus last = told(LineState.ENDED, "the event loops have ended");
            status = last;
            messages.ended();
            ended.complete(last);
        }
    }

    /** Tells the machine, does what it wants, and sees to it that it is woken in time. */
    private void happened(Runnable event) {
        guarded(event);
        if (performing) return;
        performing = true;
        for (Runnable next = wanted.poll(); next != null; next = wanted.poll()) guarded(next);
        performing = false;
        setWake();
    }

    /** What fails, a listener most likely, ends nothing but itself. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            log.warn("the {} goes on after a failure", plan, fault);
        }
    }

    /** A deadline that moved away is left to come up and find nothing to do. */
    private void setWake() {
        long deadline = machine.nextDeadline();
        if (deadline >= wakeAt || home.isShuttingDown()) return;
        ScheduledFuture<?> earlier = wake;
        if (earlier != null) earlier.cancel(false);
        wakeAt = deadline;
        wake = home.schedule(this::wake, Math.max(0, deadline - now()), TimeUnit.MILLISECONDS);
    }

    private void wake() {
        wakeAt = RedialMachine.NEVER;
        happened(() -> machine.onTime(now()));
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(Surroundings.nanoTime());
    }

    // --- what the machine wants ---

    @Override
    public void dial() {
        wanted.add(() -> {
            CompletableFuture<WebSocket> mine = client.dial(plan, new OneLine(), home);
            attempt = mine;
            mine.whenComplete((line, failure) -> {
                if (failure instanceof DialFailed why) hand(() -> failed(mine, why));
            });
        });
    }

    private void failed(CompletableFuture<WebSocket> dial, DialFailed why) {
        if (attempt != dial) return;
        attempt = null;
        machine.dialFailed(why, now());
    }

    @Override
    public void dropDial() {
        wanted.add(() -> {
            CompletableFuture<WebSocket> dropped = attempt;
            attempt = null;
            if (dropped != null) dropped.cancel(false);
        });
    }

    @Override
    public void closeLine(CloseStatus with) {
        wanted.add(() -> {
            WebSocket line = messages.line();
            if (line != null) line.close(with);
        });
    }

    @Override
    public void tell(LineStatus news) {
        wanted.add(() -> {
            status = news;
            if (news.state() == LineState.CLOSING || news.state() == LineState.ENDED) messages.ended();
            log(news);
            try {
                listener.accept(news);
            } finally {
                if (news.state() == LineState.ENDED) ended.complete(news);
            }
        });
    }

    private void log(LineStatus news) {
        boolean asked = news.closed() == null && news.failure() == null;
        if (news.state() == LineState.ENDED && !asked) log.info("{}: no more redials: {}", plan, news.why());
        else log.debug("{}: {}", plan, news);
    }

    private static LineStatus told(LineState state, String why) {
        return new LineStatus(state, 0, Duration.ZERO, null, null, why);
    }

    // --- what is heard of lines ---

    /** Stands between a line and the application's handler, to be the first to know of its beginning and the last to know of its end. */
    final class OneLine implements WebSocketHandler {
        @Override
        public void onOpen(WebSocket line) {
            attempt = null;
            messages.opened(line);
            happened(() -> machine.lineOpened(now()));
            handler.onOpen(line);
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            handler.onMessage(line, kind, payload);
        }

        @Override
        public void onPong(WebSocket line, ByteBuffer payload) {
            handler.onPong(line, payload);
        }

        @Override
        public void onWritable(WebSocket line) {
            handler.onWritable(line);
        }

        @Override
        public void onGoingAway(WebSocket line) {
            handler.onGoingAway(line);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            messages.closed();
            try {
                handler.onClosed(line, status);
            } finally {
                happened(() -> machine.lineClosed(status, now()));
            }
        }
    }

    /** The application's rule, or the usual one where that fails; and no dial on loops that end. */
    private final class Guarded implements RedialRule {
        private final RedialRule rule;

        Guarded(RedialRule rule) {
            this.rule = rule;
        }

        @Override
        public NextDial afterClose(CloseStatus status) {
            if (home.isShuttingDown()) return NextDial.NEVER;
            try {
                return rule.afterClose(status);
            } catch (RuntimeException fault) {
                log.warn("the {} follows the usual rule after a failure of its own", plan, fault);
                return RedialRule.STANDARD.afterClose(status);
            }
        }

        @Override
        public NextDial afterFailedDial(DialFailed why) {
            if (home.isShuttingDown()) return NextDial.NEVER;
            try {
                return rule.afterFailedDial(why);
            } catch (RuntimeException fault) {
                log.warn("the {} follows the usual rule after a failure of its own", plan, fault);
                return RedialRule.STANDARD.afterFailedDial(why);
            }
        }
    }
}
