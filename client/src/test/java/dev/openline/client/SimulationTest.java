package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.KeyedPublish;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Unsubscribed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Minutes of a client's life on a bad network, in virtual time, one after another. Each is reproduced exactly by its seed: run with
 * {@code -Dopenline.seed=…}.
 */
class SimulationTest {
    /** {@code -Dopenline.lives=…} for more. */
    private static final int LIVES = Integer.getInteger("openline.lives", 200);

    private static final List<String> CHANNELS = List.of("a", "b", "c");

    /** The application: does something at random moments. */
    private static final class Application {
        private final SplittableRandom random;
        private final SimulatedClient client;
        private final Map<String, Cursor> cursors = new HashMap<>();
        private final List<Call<?>> calls = new ArrayList<>();
        private final Map<Call<?>, Payload> published = new HashMap<>();
        final List<Outgoing> outgoing = new ArrayList<>();
        private boolean wantsLine = true;
        private boolean calm;

        Application(long seed) {
            random = new SplittableRandom(~seed);
            client = new SimulatedClient(seed);
        }

        void live(long millis) {
            client.happened(() -> client.machine.connect(client.time.now()));
            act();
            client.time.runUntil(client.time.now() + millis);
            calm = true;
            client.server.moodiness = 0;
            if (!wantsLine) client.happened(() -> client.machine.connect(client.time.now()));
            client.time.runUntil(client.time.now() + 120_000);
        }

        private void act() {
            client.time.in(random.nextInt(400), () -> {
                if (calm) return;
                one();
                act();
            });
        }

        private void one() {
            long now = client.time.now();
            String channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
            int what = random.nextInt(100);
            if (what < 10) client.server.publish(ModelServer.SERVED, payload());
            else if (what < 45) client.server.publish(channel, payload());
            else if (what < 50) publish(channel);
            else if (what < 60) publishOnce(channel);
            else if (what < 65) history(channel);
            else if (what < 75) subscribe(channel);
            else if (what < 80) unsubscribe(channel);
            else if (what < 83) unsubscribeAndBack(channel);
            else if (what < 94) client.breakLine();
            else if (what < 97)
                client.unsubscribeByServer(
                        channel,
                        random.nextBoolean() ? Unsubscribed.INSUFFICIENT_STATE : Unsubscribed.STATE_INVALIDATED);
            else if (what < 98) unsubscribedByServer(channel);
            else if (what < 99) client.restartServer();
            else wantOrNot(now);
        }

        private Payload payload() {
            return Payload.of("{\"said\":\"much the same as before\",\"number\":" + random.nextLong() + "}");
        }

        /** Says which of the application's publishes this is. */
        private void publishOnce(String channel) {
            int number = outgoing.size() + 1;
            Payload data = Payload.of(Integer.toString(number));
            Outgoing publish =
                    new Outgoing(channel, KeyedPublish.argument(channel, data, "k" + number), client.time.now());
            outgoing.add(publish);
            client.happened(() -> client.machine.publish(publish, client.time.now()));
        }

        private void publish(String channel) {
            Payload data = payload();
            Call<?> call = new Call<>(
                    "publish",
                    Result.PublishResult.class,
                    data.size(),
                    id -> new Command.Publish(id, channel, data),
                    new CompletableFuture<>());
            published.put(call, data);
            call(call);
        }

        private void history(String channel) {
            call(new Call<>(
                    "history",
                    Result.HistoryResult.class,
                    0,
                    id -> new Command.History(id, channel, 5, null, Direction.OLDEST_FIRST),
                    new CompletableFuture<>()));
        }

        private void call(Call<?> call) {
            calls.add(call);
            client.happened(() -> client.machine.call(call, client.time.now()));
        }

        private void subscribe(String channel) {
            Cursor old = cursors.get(channel);
            if (old != null && old.phase() != Phases.Subscribing.UNSUBSCRIBED) return;
            SubscribeRequest request =
                    SubscribeRequest.to(channel).withDelta(channel.equals(ModelServer.PATCHED) ? "fossil" : "");
            Cursor cursor = channel.equals(ModelServer.PRIVATE)
                    ? new Cursor(request, Credential.renewable(""))
                    : new Cursor(request);
            cursors.put(channel, cursor);
            client.happened(() -> client.machine.subscribe(cursor, client.time.now()));
        }

        private void unsubscribe(String channel) {
            Cursor cursor = cursors.get(channel);
            if (cursor != null) client.happened(() -> client.machine.unsubscribe(cursor, client.time.now()));
        }

        /** Subscribes again in the same moment. */
        private void unsubscribeAndBack(String channel) {
            unsubscribe(channel);
            subscribe(channel);
        }

        private void unsubscribedByServer(String channel) {
            client.unsubscribeByServer(channel, Unsubscribed.BY_SERVER);
        }

        private void wantOrNot(long now) {
            wantsLine = !wantsLine;
            client.happened(() -> {
                if (wantsLine) client.machine.connect(now);
                else client.machine.disconnect(now);
            });
        }

        /** Each publish once, in the order of the calls; not for those of which the application was told that nobody knows. */
        private void checkOutbox() {
            assertThat(client.acknowledged.size() + client.givenUp.size()).isEqualTo(outgoing.size());
            client.acknowledged.forEach((publish, position) -> {
                String place = publish.channel() + " " + position.epoch() + " " + position.offset();
                assertThat(client.server.everything.get(place))
                        .as("what is at %s, where %s was acknowledged", place, number(publish))
                        .isEqualTo(Payload.of("" + number(publish)));
            });
            client.givenUp.forEach((publish, why) -> assertThat(why).isInstanceOf(CallLost.class));
            for (String channel : CHANNELS) checkOrder(channel);
        }

        private int number(Outgoing publish) {
            return outgoing.indexOf(publish) + 1;
        }

        private void checkOrder(String channel) {
            int last = 0;
            Set<String> once = new HashSet<>();
            for (ModelKeys.Applied applied : client.server.keys.applied) {
                if (!applied.channel().equals(channel)) continue;
                // Only a log that was lost, with what it knew of keys, may be told again.
                assertThat(once.add(applied.epoch() + " " + applied.payload()))
                        .as("%s is told twice", applied)
                        .isTrue();
                int number = Integer.parseInt(applied.payload());
                if (client.givenUp.containsKey(outgoing.get(number - 1))) continue;
                assertThat(number).as("%s after %d", applied, last).isGreaterThanOrEqualTo(last);
                last = number;
            }
        }

        void checkTheEnd() {
            checkOutbox();
            assertThat(client.machine.state()).isEqualTo(ConnectionState.CONNECTED);
            for (Cursor cursor : client.alive()) {
                assertThat(cursor.phase()).as("%s", cursor).isEqualTo(Phases.Subscribing.SUBSCRIBED);
                assertThat(client.heardUpTo(cursor))
                        .as("how far %s was heard", cursor)
                        .isEqualTo(client.server.log(cursor.channel()).position());
            }
            assertThat(client.machine.outstandingCalls()).isZero();
            for (Call<?> call : calls)
                assertThat(client.ends.get(call)).as("ends of %s", call).isEqualTo(1);
            published.forEach((call, data) -> {
                CallFailed why = client.failures.get(call);
                boolean inLog = client.server.taken.contains(data);
                if (why == null)
                    assertThat(inLog).as("acknowledged, so published").isTrue();
                else if (!(why instanceof CallLost))
                    assertThat(inLog).as("%s, so not published", why).isFalse();
            });
        }
    }

    @Test
    void nothingIsLostUntoldAndNothingHeardTwice() {
        Long one = Long.getLong("openline.seed");
        long publications = 0;
        long recoveries = 0;
        long gaps = 0;
        long acknowledged = 0;
        long givenUp = 0;
        for (long seed = one == null ? 1 : one; seed <= (one == null ? LIVES : one); seed++) {
            Application application = new Application(seed);
            try {
                application.live(180_000);
                application.checkTheEnd();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("in the life with -Dopenline.seed=" + seed + ": " + e.getMessage(), e);
            }
            publications += application.client.publications;
            recoveries += application.client.recoveries;
            gaps += application.client.gaps;
            acknowledged += application.client.acknowledged.size();
            givenUp += application.client.givenUp.size();
        }
        if (one != null) return;
        // The lives were eventful enough to mean something.
        assertThat(publications).isGreaterThan(10_000);
        assertThat(recoveries).isGreaterThan(1_000);
        assertThat(gaps).isGreaterThan(100);
        assertThat(acknowledged).isGreaterThan(5_000);
        assertThat(givenUp).isBetween(1L, acknowledged / 20);
    }
}
