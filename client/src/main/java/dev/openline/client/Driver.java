package dev.openline.client;

import dev.openline.net.Surroundings;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import dev.openline.wire.CloseStatus;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a {@link ClientMachine} what it has not: lines, a clock, luck, and an application to tell. The machine and everything here belong
 * to one event loop, the {@link Home}.
 */
final class Driver implements Effects {
    private static final Logger log = LoggerFactory.getLogger(OpenlineClient.class);

    private final OpenlineClient client;
    private final URI address;
    private final ClientListener listener;
    private final @Nullable TokenSource tokens;
    private final CallGate gate;
    private final OutboxGate outbox;
    private final WebSocketClient webSockets;
    private final Home home;
    private final ClientMachine machine;
    private final Lines lines;

    // From here on for the home loop only.

    private final IdentityHashMap<Cursor, Subscription> subscriptions = new IdentityHashMap<>();

    /** Whether the listener is about to hear of the outbox. */
    private boolean tellsPending;

    // More than 4 parameters because it stands between all of them.
    Driver(OpenlineClient client, URI address, OpenlineClientOptions options, CallGate gate, OutboxGate outbox) {
        this.client = client;
        this.address = address;
        this.listener = options.listener();
        this.tokens = options.tokens();
        this.gate = gate;
        this.outbox = outbox;
        this.webSockets = WebSocketClient.create(options::applyTo);
        int loops = webSockets.loops().count();
        EventLoop loop = webSockets.loops().loop(Surroundings.random().nextInt(loops));
        this.home = new Home(loop, address.getAuthority());
        ClientSettings settings = options.settings();
        this.machine =
                new ClientMachine(settings, bound -> Surroundings.random().nextLong(bound), this);
        this.lines = new Lines(address, settings.encoding(), webSockets, home, machine);
        home.serve(machine);
    }

    // --- the application ---

    void connect() {
        home.hand(() -> machine.connect(Home.now()));
    }

    void disconnect() {
        home.hand(() -> machine.disconnect(Home.now()));
    }

    void subscribe(Subscription subscription) {
        home.hand(() -> {
            subscriptions.put(subscription.cursor(), subscription);
            machine.subscribe(subscription.cursor(), Home.now());
        });
    }

    void unsubscribe(Subscription subscription) {
        home.hand(() -> machine.unsubscribe(subscription.cursor(), Home.now()));
    }

    void call(Call<?> call) {
        if (home.hand(() -> machine.call(call, Home.now()))) return;
        gate.leave(call.bytes());
        call.outcome().completeExceptionally(new CallNotSent(call.what(), "the client's loops have ended"));
    }

    void publish(Outgoing outgoing) {
        boolean handed = home.hand(() -> {
            machine.publish(outgoing, Home.now());
            tellPending();
        });
        if (handed) return;
        outbox.leave(outgoing);
        outgoing.outcome().completeExceptionally(new CallNotSent(outgoing.what(), "the client's loops have ended"));
    }

    /** Ends everything the client has; {@code done} runs on the loop when the lines have said goodbye. */
    void close(Runnable done) {
        home.hand(() -> {
            machine.close(Home.now());
            home.want(() -> lines.whenAllClosed(done));
        });
    }

    boolean isHome() {
        return home.isHere();
    }

    /** Ends the loops, if they are the client's own. Blocks. */
    void stop() {
        webSockets.close();
    }

    // --- lines ---

    @Override
    public void dial(long number) {
        home.want(() -> lines.dial(number));
    }

    @Override
    public void send(long number, List<Command> commands) {
        home.want(() -> lines.send(number, commands));
    }

    @Override
    public void close(long number) {
        home.want(() -> lines.with(number, line -> line.close(CloseStatus.NORMAL)));
    }

    @Override
    public void drop(long number) {
        home.want(() -> lines.with(number, WebSocket::abort));
    }

    // --- tokens ---

    @Override
    public void fetchToken(TokenFetches.Fetch fetch) {
        home.want(() -> {
            try {
                source(fetch).token().whenComplete((token, fault) -> {
                    if (fault != null) noToken(fetch, fault);
                    else home.hand(() -> machine.fetched(fetch, token == null ? "" : token, Home.now()));
                });
            } catch (RuntimeException fault) {
                noToken(fetch, fault);
            }
        });
    }

    private TokenSource source(TokenFetches.Fetch fetch) {
        Cursor cursor = fetch.cursor();
        Subscription subscription = cursor == null ? null : subscriptions.get(cursor);
        TokenSource source = cursor == null ? tokens : subscription == null ? null : subscription.tokens();
        if (source == null) throw new IllegalStateException("nobody to ask for a token");
        return source;
    }

    /** The fault's text stays out of the log: nobody knows whether there is a token in it. */
    private void noToken(TokenFetches.Fetch fetch, Throwable fault) {
        String kind = Failures.cause(fault).getClass().getName();
        log.warn("{}: the application gave no token: {}", address.getAuthority(), kind);
        home.hand(() -> machine.fetchFailed(fetch, Home.now()));
    }

    // --- answers and news ---

    @Override
    public void complete(Call<?> call, Result result) {
        home.want(() -> {
            gate.leave(call.bytes());
            call.complete(result);
        });
    }

    @Override
    public void fail(Call<?> call, CallFailed why) {
        home.want(() -> {
            gate.leave(call.bytes());
            call.outcome().completeExceptionally(why);
        });
    }

    @Override
    public void published(Outgoing outgoing, @Nullable StreamPosition position) {
        home.want(() -> {
            outbox.leave(outgoing);
            outgoing.outcome().complete(Optional.ofNullable(position));
        });
        tellPending();
    }

    @Override
    public void fail(Outgoing outgoing, CallFailed why) {
        home.want(() -> {
            outbox.leave(outgoing);
            outgoing.outcome().completeExceptionally(why);
        });
        tellPending();
    }

    /** Once for all that changes in one turn. */
    private void tellPending() {
        if (tellsPending) return;
        tellsPending = true;
        home.want(() -> {
            tellsPending = false;
            listener.onPending(outbox.pending(Home.now()));
        });
    }

    @Override
    public void connecting(Cause why, long delayMillis) {
        log.debug("{}: connecting in {} ms: {} {}", address.getAuthority(), delayMillis, why.code(), why.reason());
        home.want(() -> {
            client.become(ConnectionState.CONNECTING);
            listener.onConnecting(why, Duration.ofMillis(delayMillis));
        });
    }

    @Override
    public void connected(Result.ConnectResult session) {
        home.want(() -> {
            client.become(ConnectionState.CONNECTED);
            listener.onConnected(session);
        });
    }

    @Override
    public void disconnected(Cause why) {
        if (why.code() != Cause.DISCONNECT_CALLED.code()) {
            log.info("{}: no more redials: {} {}", address.getAuthority(), why.code(), why.reason());
        }
        home.want(() -> {
            client.become(ConnectionState.DISCONNECTED);
            listener.onDisconnected(why);
        });
    }

    @Override
    public void message(@Nullable Payload data) {
        home.want(() -> listener.onMessage(data));
    }

    // --- subscriptions ---

    @Override
    public void subscribing(Cursor cursor, Cause why) {
        tell(cursor, SubscriptionState.SUBSCRIBING, told -> told.onSubscribing(why));
    }

    @Override
    public void subscribed(Cursor cursor, Result.SubscribeResult result) {
        stand(cursor, result.position());
        tell(cursor, SubscriptionState.SUBSCRIBED, told -> told.onSubscribed(Subscribed.of(result)));
    }

    @Override
    public void published(Cursor cursor, Publication publication, Arrival arrival) {
        stand(cursor, cursor.position());
        home.want(() -> listener(cursor).onPublication(publication, arrival));
    }

    @Override
    public void joined(Cursor cursor, ClientInfo info) {
        home.want(() -> listener(cursor).onJoin(info));
    }

    @Override
    public void left(Cursor cursor, ClientInfo info) {
        home.want(() -> listener(cursor).onLeave(info));
    }

    @Override
    public void unsubscribed(Cursor cursor, Cause why) {
        home.want(() -> {
            Subscription ended = subscriptions.get(cursor);
            if (ended != null) client.forget(ended);
        });
        tell(cursor, SubscriptionState.UNSUBSCRIBED, told -> told.onUnsubscribed(why));
        home.want(() -> subscriptions.remove(cursor));
    }

    private void tell(Cursor cursor, SubscriptionState state, Consumer<SubscriptionListener> news) {
        home.want(() -> {
            Subscription told = subscriptions.get(cursor);
            if (told != null) told.become(state);
            news.accept(listener(cursor));
        });
    }

    private void stand(Cursor cursor, @Nullable StreamPosition position) {
        home.want(() -> {
            Subscription told = subscriptions.get(cursor);
            if (told != null) told.standAt(position);
        });
    }

    /** Whom to tell of a subscription: its own listener or, if the server made it, the client's. */
    private SubscriptionListener listener(Cursor cursor) {
        Subscription told = subscriptions.get(cursor);
        return told != null ? told.listener() : new ServedListener(cursor.channel(), listener);
    }
}
