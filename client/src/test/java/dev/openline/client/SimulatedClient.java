package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.Backoff;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.Unsubscribed;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A machine on a network that loses: dials fail, lines break at any moment, some without a word. Checks whatever the machine tells
 * against what the model server holds.
 */
final class SimulatedClient implements Effects {
    /** A line between the two: in each direction in order, nothing after it broke. */
    private final class Line {
        final long number;
        final ModelServer.Session session;
        private long lastUp;
        private long lastDown;
        private boolean broken;

        Line(long number) {
            this.number = number;
            this.session = server.new Session(this::down, this::cut);
            beat();
        }

        void up(List<Command> frame) {
            if (broken) return;
            lastUp = Math.max(lastUp, time.now() + latency());
            time.in(lastUp - time.now(), () -> {
                for (Command command : frame) session.handle(command);
            });
        }

        private void down(ServerMessage message) {
            if (broken) return;
            lastDown = Math.max(lastDown, time.now() + latency());
            time.in(lastDown - time.now(), () -> {
                if (!broken) happened(() -> machine.received(number, asRead(message), time.now()));
            });
        }

        private void beat() {
            time.in(ModelServer.HEARTBEAT.pingSeconds() * 1000, () -> {
                if (broken) return;
                session.ping();
                beat();
            });
        }

        /** Loses what is on the way here; some of what is on the way there may still arrive. */
        void silence() {
            broken = true;
            time.in(random.nextInt(3_000), session::end);
        }

        void cut(int code) {
            if (broken) return;
            silence();
            time.in(latency(), () -> happened(() -> machine.lineClosed(number, code, "cut", time.now())));
        }
    }

    /** What the application was told of one subscription. */
    private static final class Heard {
        @Nullable
        StreamPosition position;

        boolean over;
    }

    private static final Encoding ENCODING = Encoding.JSON;

    final VirtualTime time = new VirtualTime();
    final ModelServer server;
    final ClientMachine machine;
    final Map<Call<?>, Integer> ends = new HashMap<>();
    final Map<Call<?>, CallFailed> failures = new HashMap<>();
    final Map<Outgoing, StreamPosition> acknowledged = new LinkedHashMap<>();
    final Map<Outgoing, CallFailed> givenUp = new LinkedHashMap<>();
    private final SplittableRandom random;
    private final Map<Cursor, Heard> heard = new LinkedHashMap<>();
    private final Deque<Runnable> wanted = new ArrayDeque<>();
    private @Nullable Line line;
    private long wakeAt = ClientMachine.NEVER;
    private long mayDialAt;
    long publications;
    long recoveries;
    long gaps;

    SimulatedClient(long seed) {
        random = new SplittableRandom(seed);
        server = new ModelServer(random.split(), time);
        SplittableRandom luck = random.split();
        machine = new ClientMachine(
                new ClientSettings(
                        "sim",
                        ENCODING,
                        1 << 20,
                        Credential.renewable(""),
                        null,
                        new Backoff(500, 20_000),
                        new ClientSettings.Timing(5_000, 10_000, 30_000),
                        new Outbox.Bounds(2, ModelKeys.MEMORY_MILLIS * 4 / 5)),
                luck::nextLong,
                this);
    }

    // --- what may happen ---

    /** Tells the machine something, then does all that it wants, then sees to it that it is woken in time. */
    void happened(Runnable event) {
        event.run();
        for (Runnable next = wanted.poll(); next != null; next = wanted.poll()) next.run();
        long deadline = machine.nextDeadline();
        if (deadline >= wakeAt) return;
        wakeAt = deadline;
        time.in(Math.max(0, deadline - time.now()), () -> {
            if (wakeAt != deadline) return;
            wakeAt = ClientMachine.NEVER;
            happened(() -> machine.onTime(time.now()));
            assertThat(machine.nextDeadline()).as("nothing is due any more").isGreaterThan(time.now());
        });
    }

    void breakLine() {
        Line current = line;
        if (current == null) return;
        switch (random.nextInt(4)) {
            case 0 -> current.silence();
            case 1 -> current.cut(3000 + random.nextInt(20));
            default -> current.cut(1006);
        }
    }

    void unsubscribeByServer(String channel, Unsubscribed why) {
        if (line != null) line.session.unsubscribe(channel, why);
    }

    /** A server that keeps its logs and keys, or one that loses them. */
    void restartServer() {
        Line current = line;
        if (random.nextInt(3) == 0) server.restartEmpty();
        else server.restart();
        if (current != null) current.cut(1006);
    }

    /** The message as it comes out of its encoding. */
    private static ServerMessage asRead(ServerMessage message) {
        try {
            return Objects.requireNonNull(ENCODING.serverMessages(ByteBuffer.wrap(ENCODING.encode(message)))
                    .next());
        } catch (MalformedFrame fault) {
            throw new AssertionError(fault);
        }
    }

    private long latency() {
        return server.moodiness > 0 && random.nextInt(20) == 0 ? random.nextInt(6_000) : 5 + random.nextInt(60);
    }

    // --- what the machine wants ---

    @Override
    public void dial(long number) {
        assertThat(time.now()).as("the time of dial %d", number).isGreaterThanOrEqualTo(mayDialAt);
        line = null;
        long delay = latency();
        if (random.nextInt(100) < server.moodiness * 3) {
            time.in(delay, () -> happened(() -> machine.dialFailed(number, "refused", time.now())));
            return;
        }
        time.in(delay, () -> {
            Line opened = new Line(number);
            line = opened;
            happened(() -> machine.lineOpened(number, time.now()));
        });
    }

    @Override
    public void send(long number, List<Command> commands) {
        wanted.add(() -> {
            if (line != null && line.number == number) line.up(commands);
        });
    }

    @Override
    public void close(long number) {
        drop(number);
    }

    @Override
    public void drop(long number) {
        wanted.add(() -> {
            if (line != null && line.number == number) line.silence();
        });
    }

    /** The application has trouble of its own with its tokens. */
    @Override
    public void fetchToken(TokenFetches.Fetch fetch) {
        boolean trouble = random.nextInt(100) < server.moodiness;
        long delay = trouble ? random.nextInt(60_000) : random.nextInt(500);
        time.in(delay, () -> {
            if (trouble) happened(() -> machine.fetchFailed(fetch, time.now()));
            else happened(() -> machine.fetched(fetch, server.issueToken(), time.now()));
        });
    }

    @Override
    public void complete(Call<?> call, Result result) {
        ends.merge(call, 1, Integer::sum);
    }

    @Override
    public void fail(Call<?> call, CallFailed why) {
        ends.merge(call, 1, Integer::sum);
        failures.put(call, why);
    }

    @Override
    public void published(Outgoing outgoing, @Nullable StreamPosition position) {
        assertThat(acknowledged.put(outgoing, Objects.requireNonNull(position))).isNull();
        assertThat(givenUp).doesNotContainKey(outgoing);
    }

    @Override
    public void fail(Outgoing outgoing, CallFailed why) {
        assertThat(givenUp.put(outgoing, why)).isNull();
        assertThat(acknowledged).doesNotContainKey(outgoing);
    }

    @Override
    public void connecting(Cause why, long delayMillis) {
        if (why.equals(Cause.CONNECT_CALLED)) assertThat(delayMillis).isZero();
        else assertThat(delayMillis).as("the delay after %s", why).isBetween(500L, 20_000L);
        mayDialAt = time.now() + delayMillis;
    }

    @Override
    public void connected(Result.ConnectResult session) {}

    @Override
    public void disconnected(Cause why) {
        mayDialAt = ClientMachine.NEVER;
    }

    @Override
    public void subscribing(Cursor cursor, Cause why) {
        assertThat(heard(cursor).over).as("%s ended before", cursor).isFalse();
    }

    /** A recovery goes on where the application stopped; anything else tells it where it stands now. */
    @Override
    public void subscribed(Cursor cursor, Result.SubscribeResult result) {
        Heard told = heard(cursor);
        if (result.recovery() == Recovery.RECOVERED) {
            recoveries++;
            assertThat(result.position()).as("where %s recovers from", cursor).isEqualTo(told.position);
        } else {
            if (result.recovery() == Recovery.NOT_RECOVERED) gaps++;
            told.position = result.position();
        }
    }

    @Override
    public void published(Cursor cursor, Publication publication, Arrival arrival) {
        publications++;
        Heard told = heard(cursor);
        StreamPosition before = Objects.requireNonNull(told.position);
        assertThat(told.over).as("%s ended before", cursor).isFalse();
        assertThat(publication.offset())
                .as("the offset after %s on %s", before, cursor)
                .isEqualTo(before.offset() + 1);
        StreamPosition now = new StreamPosition(publication.offset(), before.epoch());
        assertThat(cursor.position()).isEqualTo(now);
        assertThat(server.everything.get(cursor.channel() + " " + now.epoch() + " " + now.offset()))
                .as("what the log holds at %s of %s", now, cursor)
                .isEqualTo(publication.data());
        told.position = now;
    }

    @Override
    public void unsubscribed(Cursor cursor, Cause why) {
        Heard told = heard(cursor);
        assertThat(told.over).as("%s ended twice", cursor).isFalse();
        told.over = true;
    }

    @Override
    public void joined(Cursor cursor, ClientInfo info) {}

    @Override
    public void left(Cursor cursor, ClientInfo info) {}

    @Override
    public void message(@Nullable Payload data) {}

    private Heard heard(Cursor cursor) {
        return heard.computeIfAbsent(cursor, any -> new Heard());
    }

    /** The subscriptions that have not ended. */
    List<Cursor> alive() {
        List<Cursor> alive = new ArrayList<>();
        heard.forEach((cursor, told) -> {
            if (!told.over) alive.add(cursor);
        });
        return alive;
    }

    @Nullable
    StreamPosition heardUpTo(Cursor cursor) {
        return heard(cursor).position;
    }
}
