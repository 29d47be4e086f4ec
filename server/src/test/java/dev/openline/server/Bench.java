package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Cursor;
import dev.openline.hub.Feature;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Reader;
import dev.openline.hub.Subscribed;
import dev.openline.net.HttpRequest;
import dev.openline.net.SharedFrame;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.CommandReader;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A server without sockets: real sessions on a real hub, one loop, time that passes when told. Every client's words are kept as the JSON
 * they would be on the wire, and tests read them off in order.
 */
final class Bench {
    final Map<String, RpcHandler> rpc = new HashMap<>();
    CompletableFuture<Authenticator.Admission> admission =
            CompletableFuture.completedFuture(new Authenticator.Admitted("", null, null));
    /** What subscription tokens are worth. */
    CompletableFuture<SubscribeHook.Decision> decision =
            CompletableFuture.completedFuture(new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));

    @Nullable
    String personalNamespace;

    @Nullable
    SubscribeHook subscribeHook;

    @Nullable
    PublishHook publishHook;

    @Nullable
    RefreshHook refreshHook;

    private static final HttpRequest REQUEST = HttpRequest.of("GET", "/", Headers.NONE);
    /** The time of day when the bench's clock says 0. */
    static final long WALL = 1_700_000_000_000L;

    private static final ChannelListener NOBODY = new ChannelListener() {
        @Override
        public void occupied(String channel) {}

        @Override
        public void vacated(String channel) {}
    };

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final LoopHub[] hubs = new LoopHub[1];
    private final LoopHub hub;
    private final List<Client> clients = new ArrayList<>();
    private final Permissions.Policy policy;
    private long now = 1_000;

    Bench() {
        this(Permissions.Policy.INSECURE, "open", ChannelOptions.unlogged().build());
    }

    Bench(Permissions.Policy policy, String namespace, ChannelOptions options) {
        this.policy = policy;
        ChannelRules rules = ChannelRules.builder()
                .withoutNamespace(ChannelOptions.every(100, Duration.ofMinutes(5))
                        .with(Feature.PRESENCE, Feature.JOIN_LEAVE)
                        .build())
                .namespace(namespace, options)
                .build();
        hub = new LoopHub(0, hubs, tasks::add, rules, () -> "life", () -> now, NOBODY, null);
        hubs[0] = hub;
    }

    static List<Long> offsets(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    Client client() {
        Client client = new Client("client" + clients.size());
        clients.add(client);
        return client;
    }

    void publish(String channel, String json) {
        hub.publish(PublishRequest.of(channel, Payload.of(json)), answer -> {});
        runTasks();
    }

    void publish(PublishRequest request) {
        hub.publish(request, answer -> {});
        runTasks();
    }

    long topOf(String channel) {
        long[] top = new long[1];
        hub.history(
                channel,
                new HistoryQuery(null, 0, HistoryQuery.Direction.FORWARD),
                page -> top[0] = ((Page.Found) page).top().offset());
        return top[0];
    }

    String epochOf(String channel) {
        String[] epoch = new String[1];
        hub.history(
                channel,
                new HistoryQuery(null, 0, HistoryQuery.Direction.FORWARD),
                page -> epoch[0] = ((Page.Found) page).top().epoch());
        return epoch[0];
    }

    /** Lets time pass, stopping at every deadline on the way. */
    void passes(Duration time) {
        long end = now + time.toMillis();
        while (now < end) {
            long next = end;
            for (Client client : clients) next = Math.min(next, Math.max(now + 1, client.session.nextDeadline()));
            now = next;
            for (Client client : clients) if (client.session.nextDeadline() <= now) client.session.onTime(now);
            runTasks();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
    }

    /** One client, and what it has heard. */
    final class Client implements Peer {
        private final List<String> heard = new ArrayList<>();
        private final Session session;
        private final BenchPipe pipe = new BenchPipe(this);
        private int read;
        private boolean reads = true;
        private boolean answersPings;
        private long taken;

        private Client(String id) {
            session = new Session(id, this, hub, new BenchReception(), now);
        }

        void connects() {
            says("{'id':1,'connect':{}}");
            heard().reply(1, "connect");
        }

        void says(String frame) {
            try {
                CommandReader commands = JsonCodec.commands(bytes(frame.replace('\'', '"')));
                for (Command command = commands.next(); command != null; command = commands.next())
                    session.onCommand(command);
            } catch (MalformedFrame fault) {
                session.onMalformed(fault.disconnect());
            }
            runTasks();
        }

        /** Something that the backend does to the session. */
        void told(Consumer<Session> task) {
            task.accept(session);
            runTasks();
        }

        Hearing heard() {
            return new Hearing();
        }

        /** What was looked at last, as it was said. */
        String heardLast() {
            return heard.get(read - 1);
        }

        void forget() {
            read = heard.size();
        }

        void cut() {
            session.onClosed();
            runTasks();
        }

        /** Answers pings from now on, which tests then don't hear. */
        void answersPings() {
            answersPings = true;
        }

        void stopsReading() {
            reads = false;
        }

        void readsAgain() {
            reads = true;
            hub.onWritable(pipe);
            runTasks();
        }

        void takesBytes(long bytes) {
            taken += bytes;
        }

        /** Offsets of a channel's publications in the order they were heard, those in subscribe replies too. */
        List<Long> offsetsHeard(String channel) {
            List<Long> offsets = new ArrayList<>();
            Matcher matcher =
                    Pattern.compile("\\{\"data\":[^}]*?,\"offset\":(\\d+)}").matcher(String.join("\n", heard));
            while (matcher.find()) offsets.add(Long.valueOf(matcher.group(1)));
            assertThat(heard)
                    .allSatisfy(message -> assertThat(message)
                            .matches(
                                    m -> !m.startsWith("{\"push\"") || m.contains("\"" + channel + "\""),
                                    "about " + channel));
            return offsets;
        }

        private void hears(byte[] json) {
            heard.add(new String(json, StandardCharsets.UTF_8));
        }

        void hears(EncodedPush push, EncodedPush.Form form) {
            hears(framePayload(push.frame(Spelling.JSON_MESSAGE, form)));
        }

        boolean reads() {
            return reads && session.isConnected();
        }

        @Override
        public void talks() {
            hub.onWritable(pipe);
        }

        @Override
        public void reply(Reply reply) {
            hears(JsonCodec.encode(reply));
        }

        @Override
        public void push(Push push) {
            hears(JsonCodec.encode(push));
        }

        @Override
        public void ping() {
            if (answersPings) session.onCommand(new Command.Pong());
            else hears(JsonCodec.encode(new Ping()));
        }

        @Override
        public void close(Disconnect why) {
            heard.add("closed " + why.code());
        }

        @Override
        public Cursor<EncodedPush> attach(String channel, Subscribed.Accepted at, Reader reader) {
            return hub.attach(channel, pipe, at, reader);
        }

        @Override
        public void detach(Cursor<EncodedPush> cursor) {
            hub.detach(cursor);
        }

        void onLost(String channel) {
            session.onLost(channel);
        }

        @Override
        public void deadlineMoved() {}

        @Override
        public long sentBytes() {
            return taken;
        }

        @Override
        public void pauseReading() {}

        @Override
        public void resumeReading() {}

        /** What was heard and not yet looked at, in order. */
        final class Hearing {
            private String next() {
                assertThat(heard).as("something more is heard").hasSizeGreaterThan(read);
                return heard.get(read++);
            }

            private String last() {
                return heard.get(read - 1);
            }

            Hearing reply(long id, String what) {
                assertThat(next()).startsWith("{\"id\":" + id + ",\"" + what + "\":{");
                return this;
            }

            Hearing replyWith(long id, String part) {
                assertThat(next())
                        .startsWith("{\"id\":" + id + ",")
                        .doesNotContain("\"error\"")
                        .contains(part);
                return this;
            }

            Hearing alsoWith(String... parts) {
                assertThat(last()).contains(parts);
                return this;
            }

            Hearing without(String part) {
                assertThat(last()).doesNotContain(part);
                return this;
            }

            Hearing error(long id, int code) {
                assertThat(next()).startsWith("{\"id\":" + id + ",\"error\":{\"code\":" + code + ",");
                return this;
            }

            Hearing publication(String channel, long offset, String data) {
                assertThat(next())
                        .startsWith("{\"push\":{\"channel\":\"" + channel + "\",\"pub\":{\"data\":" + data + ",")
                        .contains("\"offset\":" + offset + "}");
                return this;
            }

            Hearing left(String channel) {
                assertThat(next()).startsWith("{\"push\":{\"channel\":\"" + channel + "\",\"leave\":");
                return this;
            }

            Hearing unsubscribed(String channel, int code) {
                assertThat(next())
                        .startsWith("{\"push\":{\"channel\":\"" + channel + "\",\"unsubscribe\":{\"code\":" + code);
                return this;
            }

            Hearing ping() {
                assertThat(next()).isEqualTo("{}");
                return this;
            }

            Hearing closed(Disconnect why) {
                assertThat(next()).isEqualTo("closed " + why.code());
                return nothing();
            }

            /** Anything that has all these parts. */
            Hearing message(String... parts) {
                assertThat(next()).contains(parts);
                return this;
            }

            Hearing nothing() {
                assertThat(heard.subList(read, heard.size())).isEmpty();
                return this;
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] framePayload(SharedFrame frame) {
        byte[] wire = frame.copy();
        int head = wire[1] < 126 ? 2 : 4;
        return java.util.Arrays.copyOfRange(wire, head, wire.length);
    }

    private final class BenchReception implements Reception {
        @Override
        public void authenticate(String client, Command.Connect command, Consumer<Authenticator.Admission> answer) {
            admission.whenComplete((given, fault) ->
                    answer.accept(fault == null ? given : new Authenticator.Denied(ErrorReply.INTERNAL)));
        }

        @Override
        public void verify(String token, Consumer<Authenticator.Admission> answer) {
            admission.whenComplete((given, fault) ->
                    answer.accept(fault == null ? given : new Authenticator.Denied(ErrorReply.INTERNAL)));
        }

        @Override
        public void verify(
                dev.openline.server.Client client, SubscribeRequest request, Consumer<SubscribeHook.Decision> answer) {
            decision.whenComplete((given, fault) -> answer.accept(given));
        }

        @Override
        public @Nullable Disconnect enter(dev.openline.server.Client client) {
            return null;
        }

        @Override
        public void left(dev.openline.server.Client client, @Nullable Disconnect why) {}

        @Override
        public dev.openline.server.Client clientOf(
                ClientInfo info, Command.Connect command, Authenticator.Admitted admitted) {
            return new dev.openline.server.Client(
                    info, "bench", Encoding.JSON, REQUEST, command.headers(), admitted.meta(), admitted.token());
        }

        @Override
        public SessionRules rules() {
            return new SessionRules(
                    policy,
                    SessionLimits.DEFAULT,
                    personalNamespace,
                    false,
                    subscribeHook,
                    publishHook,
                    refreshHook,
                    false,
                    Map.of());
        }

        @Override
        public @Nullable RpcFallback rpc(String method) {
            RpcHandler handler = rpc.get(method);
            return handler == null ? null : (caller, name, data) -> handler.call(caller.info(), data);
        }

        @Override
        public <T> void ask(
                Supplier<CompletionStage<T>> question, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
            CompletionStage<T> stage;
            try {
                stage = question.get();
            } catch (RuntimeException fault) {
                stage = CompletableFuture.failedStage(fault);
            }
            stage.whenComplete(answer);
        }

        @Override
        public Encoding encoding() {
            return Encoding.JSON;
        }

        @Override
        public ConnectResult.@Nullable Emulation emulation() {
            return null;
        }

        @Override
        public String version() {
            return "test";
        }

        @Override
        public long nowMillis() {
            return now;
        }

        @Override
        public long wallMillis() {
            return WALL + now;
        }

        @Override
        public double spread() {
            return 0.5;
        }
    }
}
