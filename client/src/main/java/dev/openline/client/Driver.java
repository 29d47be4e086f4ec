package dev.openline.client;

import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.JsonFrame;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.ServerMessageReader;
import dev.openline.protocol.StreamPosition;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a {@link ClientMachine} what it has not: lines, a clock, luck, and an application to tell.
 *
 * <p>Two laws. The machine and everything here belong to one event loop, the home; other threads, and lines that another loop carries,
 * hand tasks over in order. And the machine is never called from inside itself: what it wants is written down, and done when it has
 * returned. A listener that calls the client therefore meets a machine at rest.
 */
final class Driver implements Effects {
    private static final Logger log = LoggerFactory.getLogger(OpenlineClient.class);

    /** Commands that leave together are cut into frames of about this size, well below what servers take. */
    private static final int FRAME_BYTES = 32 << 10;

    private final OpenlineClient client;
    private final URI address;
    private final ClientListener listener;
    private final CallGate gate;
    private final WebSocketClient webSockets;
    private final EventLoop home;
    private final ClientMachine machine;

    /** Handed over by others and not yet done. Calls in it are bounded by {@link CallGate}. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean tasksScheduled = new AtomicBoolean();

    // From here on for the home loop only.

    /** What the machine wants, and whether it is being done. */
    private final Queue<Runnable> wanted = new ArrayDeque<>();

    private boolean performing;

    /** Lines that are open, the machine's and such that it has forgotten, by number. */
    private final Map<Long, WebSocket> lines = new HashMap<>();

    private final IdentityHashMap<Cursor, Subscription> subscriptions = new IdentityHashMap<>();
    private long wakeAt = ClientMachine.NEVER;
    private @Nullable ScheduledFuture<?> wake;

    /** What is left to do when the last line has closed. */
    private @Nullable Runnable farewell;

    Driver(OpenlineClient client, URI address, OpenlineClientOptions options, CallGate gate) {
        this.client = client;
        this.address = address;
        this.listener = options.listener();
        this.gate = gate;
        this.webSockets = WebSocketClient.create(options::applyTo);
        int loops = webSockets.loops().count();
        this.home = webSockets.loops().loop(ThreadLocalRandom.current().nextInt(loops));
        this.machine = new ClientMachine(
                options.settings(), bound -> ThreadLocalRandom.current().nextLong(bound), this);
    }

    // --- the application ---

    void connect() {
        hand(() -> machine.connect(now()));
    }

    void disconnect() {
        hand(() -> machine.disconnect(now()));
    }

    void subscribe(Subscription subscription) {
        hand(() -> {
            subscriptions.put(subscription.cursor(), subscription);
            machine.subscribe(subscription.cursor(), now());
        });
    }

    void unsubscribe(Subscription subscription) {
        hand(() -> machine.unsubscribe(subscription.cursor(), now()));
    }

    void call(Call<?> call) {
        if (hand(() -> machine.call(call, now()))) return;
        gate.leave(call.bytes());
        call.outcome().completeExceptionally(new CallNotSent(call.what(), "the client's loops have ended"));
    }

    /** Ends everything the client has; {@code done} runs on the loop when the lines have said goodbye. */
    void close(Runnable done) {
        hand(() -> {
            machine.close(now());
            wanted.add(() -> {
                if (lines.isEmpty()) done.run();
                else farewell = done;
            });
        });
    }

    boolean isHome() {
        return home.inEventLoop();
    }

    /** Ends the loops, if they are the client's own. Blocks. */
    void stop() {
        webSockets.close();
    }

    // --- tasks, time and effects ---

    /** Does this on the home loop, after all that was handed over before; at once if this is the loop. False if the loop has ended. */
    private boolean hand(Runnable task) {
        tasks.add(task);
        if (home.inEventLoop()) {
            drain();
        } else if (tasksScheduled.compareAndSet(false, true)) {
            try {
                home.execute(() -> {
                    tasksScheduled.set(false);
                    drain();
                });
            } catch (RejectedExecutionException ended) {
                tasksScheduled.set(false);
                return !tasks.remove(task);
            }
        }
        return true;
    }

    private void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) happened(task);
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
            log.warn("the client to {} goes on after a failure", address.getAuthority(), fault);
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
        wakeAt = ClientMachine.NEVER;
        happened(() -> machine.onTime(now()));
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    // --- lines ---

    @Override
    public void dial(long number) {
        wanted.add(() -> webSockets.dial(address, new LineHandler(number)).whenComplete((line, failure) -> {
            if (failure != null) hand(() -> machine.dialFailed(number, String.valueOf(failure.getMessage()), now()));
        }));
    }

    /** Hands over what is heard of one line, from the loop that carries it. */
    private final class LineHandler implements WebSocketHandler {
        private final long number;

        LineHandler(long number) {
            this.number = number;
        }

        @Override
        public void onOpen(WebSocket line) {
            hand(() -> {
                lines.put(number, line);
                machine.lineOpened(number, now());
            });
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            if (kind == MessageKind.BINARY) {
                hand(() -> machine.garbled(number, now()));
                return;
            }
            ServerMessageReader reader = JsonCodec.serverMessages(payload);
            hand(() -> read(number, reader));
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            hand(() -> {
                lines.remove(number);
                machine.lineClosed(number, status.code(), status.reason(), now());
                Runnable last = farewell;
                if (last != null && lines.isEmpty()) last.run();
            });
        }
    }

    private void read(long number, ServerMessageReader reader) {
        try {
            for (ServerMessage message = reader.next(); message != null; message = reader.next()) {
                machine.received(number, message, now());
            }
        } catch (MalformedFrame fault) {
            log.info("dropping the line to {}: {}", address.getAuthority(), fault.getMessage());
            machine.garbled(number, now());
        }
    }

    @Override
    public void send(long number, List<Command> commands) {
        wanted.add(() -> {
            WebSocket line = lines.get(number);
            if (line == null) return;
            JsonFrame frame = new JsonFrame();
            for (Command command : commands) {
                byte[] encoded = JsonCodec.encode(command);
                if (frame.size() > 0 && frame.size() + encoded.length > FRAME_BYTES) {
                    send(line, frame);
                    frame.clear();
                }
                frame.add(encoded);
            }
            send(line, frame);
        });
    }

    /** A line on which so much waits is dead or worse; and one that is closed will say so itself. */
    private void send(WebSocket line, JsonFrame frame) {
        if (line.send(MessageKind.TEXT, frame.buffer()) != SendResult.QUEUE_FULL) return;
        log.info("dropping the line to {}: {} bytes wait to be sent", address.getAuthority(), line.queuedBytes());
        line.abort();
    }

    @Override
    public void close(long number) {
        withLine(number, line -> line.close(CloseStatus.NORMAL));
    }

    @Override
    public void drop(long number) {
        withLine(number, WebSocket::abort);
    }

    private void withLine(long number, Consumer<WebSocket> action) {
        wanted.add(() -> {
            WebSocket line = lines.get(number);
            if (line != null) action.accept(line);
        });
    }

    // --- answers and news ---

    @Override
    public void complete(Call<?> call, Result result) {
        wanted.add(() -> {
            gate.leave(call.bytes());
            call.complete(result);
        });
    }

    @Override
    public void fail(Call<?> call, CallFailed why) {
        wanted.add(() -> {
            gate.leave(call.bytes());
            call.outcome().completeExceptionally(why);
        });
    }

    @Override
    public void connecting(Cause why, long delayMillis) {
        log.debug("{}: connecting in {} ms: {} {}", address.getAuthority(), delayMillis, why.code(), why.reason());
        wanted.add(() -> {
            client.become(ConnectionState.CONNECTING);
            listener.onConnecting(why, Duration.ofMillis(delayMillis));
        });
    }

    @Override
    public void connected(Result.ConnectResult session) {
        wanted.add(() -> {
            client.become(ConnectionState.CONNECTED);
            listener.onConnected(session);
        });
    }

    @Override
    public void disconnected(Cause why) {
        if (why.code() != Cause.DISCONNECT_CALLED.code()) {
            log.info("{}: no more redials: {} {}", address.getAuthority(), why.code(), why.reason());
        }
        wanted.add(() -> {
            client.become(ConnectionState.DISCONNECTED);
            listener.onDisconnected(why);
        });
    }

    @Override
    public void subscribing(Cursor cursor, Cause why) {
        tell(cursor, told -> told.become(SubscriptionState.SUBSCRIBING).onSubscribing(why));
    }

    @Override
    public void subscribed(Cursor cursor, Result.SubscribeResult result) {
        tell(cursor, told -> {
            told.standAt(result.position());
            told.become(SubscriptionState.SUBSCRIBED).onSubscribed(Subscribed.of(result));
        });
    }

    @Override
    public void published(Cursor cursor, Publication publication, @Nullable StreamPosition position) {
        tell(cursor, told -> told.standAt(position).onPublication(publication));
    }

    @Override
    public void joined(Cursor cursor, ClientInfo info) {
        tell(cursor, told -> told.listener().onJoin(info));
    }

    @Override
    public void left(Cursor cursor, ClientInfo info) {
        tell(cursor, told -> told.listener().onLeave(info));
    }

    @Override
    public void unsubscribed(Cursor cursor, Cause why) {
        wanted.add(() -> {
            Subscription ended = subscriptions.remove(cursor);
            if (ended == null) return;
            client.forget(ended);
            ended.become(SubscriptionState.UNSUBSCRIBED).onUnsubscribed(why);
        });
    }

    private void tell(Cursor cursor, Consumer<Subscription> news) {
        wanted.add(() -> {
            Subscription told = subscriptions.get(cursor);
            if (told != null) news.accept(told);
        });
    }
}
