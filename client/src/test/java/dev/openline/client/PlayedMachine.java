package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.Backoff;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Heartbeat;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import dev.openline.protocol.Unsubscribed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A machine whose clock, server and luck are the test's. Draws half of every random span. */
final class PlayedMachine {
    static final ClientSettings.Timing TIMING = new ClientSettings.Timing(5_000, 10_000, 30_000);
    static final Outbox.Bounds OUTBOX = new Outbox.Bounds(3, 240_000);
    static final Heartbeat EVERY_25_SECONDS = new Heartbeat(25, true);

    final Effect.Recorder effects = new Effect.Recorder();
    final ClientMachine machine;

    /** The time of the next event. */
    long now = 1_000_000;

    /** The line that the server answers on. */
    long line;

    PlayedMachine() {
        this(Credential.fixed(""));
    }

    PlayedMachine(Credential credential) {
        ClientSettings settings = new ClientSettings(
                "test", Encoding.JSON, 1 << 20, credential, null, new Backoff(500, 20_000), TIMING, OUTBOX);
        machine = new ClientMachine(settings, bound -> bound / 2, effects);
    }

    /** Connected, with nothing left to read. */
    static PlayedMachine connected() {
        PlayedMachine played = new PlayedMachine();
        played.machine.connect(played.now);
        played.open();
        played.reply(1, session());
        played.effects.take();
        return played;
    }

    /** Connected with token "t1", good for 60 s, by an application that can be asked for the next. */
    static PlayedMachine expiring() {
        PlayedMachine played = new PlayedMachine(Credential.renewable(""));
        played.machine.connect(played.now);
        played.token("t1");
        played.open();
        played.reply(1, session(new Expiry(60)));
        played.effects.take();
        return played;
    }

    /** The application answers what it was last asked for. */
    void token(String token) {
        machine.fetched(lastFetch(), token, now);
    }

    void noToken() {
        machine.fetchFailed(lastFetch(), now);
    }

    TokenFetches.Fetch lastFetch() {
        return effects.fetches.get(effects.fetches.size() - 1);
    }

    /** Connected and subscribed to {@code news} at epoch "e", offset 4, with nothing left to read. */
    static PlayedMachine subscribed(Cursor cursor) {
        PlayedMachine played = connected();
        played.machine.subscribe(cursor, played.now);
        played.reply(2, at(4));
        played.effects.take();
        return played;
    }

    List<Effect> take() {
        return effects.take();
    }

    /** The newest line opens. */
    void open() {
        line++;
        machine.lineOpened(line, now);
    }

    void close(int code, String reason) {
        machine.lineClosed(line, code, reason, now);
    }

    void receive(ServerMessage message) {
        machine.received(line, message, now);
    }

    void reply(long id, Result result) {
        receive(new Reply.Done(id, result));
    }

    void refuse(long id, ErrorReply error) {
        receive(new Reply.Failed(id, error));
    }

    void publish(String channel, long offset) {
        receive(new Push.PublicationPush(channel, publication(offset)));
    }

    void unsubscribe(String channel, int code) {
        receive(new Push.UnsubscribePush(channel, new Unsubscribed(code, "because")));
    }

    /** Lets time pass until the machine wants to be woken, and wakes it. */
    void wake() {
        long next = machine.nextDeadline();
        assertThat(next).as("the next deadline").isNotEqualTo(ClientMachine.NEVER);
        now = Math.max(now, next);
        machine.onTime(now);
    }

    /** Lets so much time pass and wakes the machine. */
    void pass(long millis) {
        now += millis;
        machine.onTime(now);
    }

    Call<Result.PublishResult> publishing(int bytes) {
        Payload payload = Payload.of("1".repeat(bytes));
        return new Call<>(
                "publish to news",
                Result.PublishResult.class,
                bytes,
                id -> new Command.Publish(id, "news", payload),
                new CompletableFuture<>());
    }

    Call<Result.HistoryResult> history() {
        return new Call<>(
                "history of news",
                Result.HistoryResult.class,
                0,
                id -> new Command.History(id, "news", 10, null, Direction.OLDEST_FIRST),
                new CompletableFuture<>());
    }

    static Cursor cursor(String channel) {
        return new Cursor(SubscribeRequest.to(channel));
    }

    static Command connect(long id) {
        return Command.Connect.by(id, "test", "");
    }

    static Command subscribe(long id, String channel, @Nullable StreamPosition recover) {
        return new Command.Subscribe(id, SubscribeRequest.to(channel).withRecover(recover));
    }

    static Result.ConnectResult session() {
        return new Result.ConnectResult("c1", "test", null, null, Map.of(), EVERY_25_SECONDS);
    }

    static Result.ConnectResult session(@Nullable Expiry expiry) {
        return new Result.ConnectResult("c1", "test", expiry, null, Map.of(), EVERY_25_SECONDS);
    }

    static StreamPosition position(long offset) {
        return new StreamPosition(offset, "e");
    }

    /** Subscribed at the log's newest publication. */
    static SubscribeResult at(long offset) {
        return new SubscribeResult(Tracking.RECOVERABLE, position(offset), Recovery.NOT_ASKED, List.of(), null, null);
    }

    static SubscribeResult recovered(long from, Publication... missed) {
        return new SubscribeResult(
                Tracking.RECOVERABLE, position(from), Recovery.RECOVERED, List.of(missed), null, null);
    }

    static SubscribeResult notRecovered(StreamPosition top) {
        return new SubscribeResult(Tracking.RECOVERABLE, top, Recovery.NOT_RECOVERED, List.of(), null, null);
    }

    static Publication publication(long offset) {
        return new Publication(offset, Payload.of("{}"), null, Map.of());
    }

    static ClientInfo someone(String client) {
        return new ClientInfo("", client, null, null);
    }
}
