package dev.openline.client;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Heartbeat;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Ping;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A server as the protocol describes one, in the simplest way that can be right, and with moods: it refuses for now, forgets to answer,
 * pushes twice, ends subscriptions, restarts with empty logs.
 */
final class ModelServer {
    private static final int KEPT = 15;
    private static final int RECOVERED_AT_MOST = 10;
    static final Heartbeat HEARTBEAT = new Heartbeat(5, true);

    /** A channel. */
    static final class Log {
        String epoch;
        long top;
        final Deque<Publication> kept = new ArrayDeque<>();

        Log(String epoch) {
            this.epoch = epoch;
        }

        StreamPosition position() {
            return new StreamPosition(top, epoch);
        }
    }

    /** A channel that is heard by those with a token only. */
    static final String PRIVATE = "b";

    /** A channel to which the server subscribes everybody. */
    static final String SERVED = "s";

    /** A channel whose publications come as patches to those who ask for it. */
    static final String PATCHED = "c";

    /** For how long a session or subscription lives on with an expired token. */
    private static final long GRACE_MILLIS = 25_000;

    private final SplittableRandom random;
    private final VirtualTime time;
    private final Map<String, Log> logs = new HashMap<>();
    private final Set<Session> sessions = new LinkedHashSet<>();
    private int epochs;

    /** What every position ever held, by "channel epoch offset". */
    final Map<String, Payload> everything = new HashMap<>();

    /** The payloads that were published by commands. */
    final Set<Payload> taken = new HashSet<>();

    final ModelKeys keys = new ModelKeys();

    /** In percent of the occasions. */
    int moodiness = 5;

    ModelServer(SplittableRandom random, VirtualTime time) {
        this.random = random;
        this.time = time;
    }

    /** Good for a while, seldom for none at all: it is its time of expiry. */
    String issueToken() {
        return Long.toString(time.now() + (inTheMood() ? 3_000 + random.nextInt(60_000) : -1));
    }

    private boolean isExpired(String token) {
        return Long.parseLong(token) <= time.now();
    }

    private Expiry expiry(String token) {
        return new Expiry((Long.parseLong(token) - time.now()) / 1000);
    }

    Log log(String channel) {
        return logs.computeIfAbsent(channel, name -> new Log("e" + ++epochs));
    }

    void publish(String channel, Payload data) {
        Log log = log(channel);
        Publication publication = new Publication(++log.top, data, null, Map.of());
        everything.put(channel + " " + log.epoch + " " + log.top, data);
        log.kept.add(publication);
        if (log.kept.size() > KEPT) log.kept.remove();
        for (Session session : sessions) session.push(channel, publication);
    }

    /** Loses all lines; whoever carries the lines has to cut them. */
    void restart() {
        sessions.clear();
    }

    /** Restarts, and loses all logs and keys. */
    void restartEmpty() {
        logs.clear();
        keys.forget();
        restart();
    }

    private boolean inTheMood() {
        return random.nextInt(100) >= moodiness;
    }

    /** One line's end at the server. */
    final class Session {
        private final Consumer<ServerMessage> out;
        private final IntConsumer close;

        /** With the tokens that they were asked for with, if any. */
        private final Map<String, String> channels = new HashMap<>();

        private final ModelPatches patches = new ModelPatches(ModelServer.this::inTheMood);

        /** Empty before connect. */
        private String token = "";

        Session(Consumer<ServerMessage> out, IntConsumer close) {
            this.out = out;
            this.close = close;
            sessions.add(this);
        }

        private boolean isGreeted() {
            return !token.isEmpty();
        }

        private void expireSession(String old) {
            time.in(Long.parseLong(old) - time.now() + GRACE_MILLIS, () -> {
                if (!isOver() && token.equals(old)) close.accept(Disconnect.EXPIRED.code());
            });
        }

        private void expireSubscription(String channel, String old) {
            time.in(Long.parseLong(old) - time.now() + GRACE_MILLIS, () -> {
                if (!isOver() && old.equals(channels.get(channel))) unsubscribe(channel, Unsubscribed.EXPIRED);
            });
        }

        void end() {
            sessions.remove(this);
        }

        boolean isOver() {
            return !sessions.contains(this);
        }

        void ping() {
            if (isGreeted()) out.accept(new Ping());
        }

        private void push(String channel, Publication publication) {
            if (!channels.containsKey(channel)) return;
            Push push = new Push.PublicationPush(channel, patches.coded(channel, publication));
            out.accept(push);
            if (!inTheMood()) out.accept(push);
        }

        /** Ends a subscription unasked. */
        void unsubscribe(String channel, Unsubscribed why) {
            if (channels.remove(channel) != null) out.accept(new Push.UnsubscribePush(channel, why));
        }

        void handle(Command command) {
            if (isOver() || command instanceof Command.Pong) return;
            Command.Numbered numbered = (Command.Numbered) command;
            long id = numbered.id();
            if (!(command instanceof Command.Connect) && !isGreeted())
                throw new IllegalStateException(command + " before connect");
            int mood = inTheMood() ? 2 : random.nextInt(2);
            if (mood == 0 && !(command instanceof Command.Connect)) {
                forgetToAnswer(command);
                return;
            }
            if (mood == 1 && !(command instanceof Command.Unsubscribe)) {
                boolean applied = command instanceof Command.Rpc rpc && random.nextBoolean() && apply(rpc) != null;
                out.accept(new Reply.Failed(
                        id, applied || random.nextBoolean() ? ErrorReply.INTERNAL : ErrorReply.TOO_MANY_REQUESTS));
                if (command instanceof Command.Connect) end();
                return;
            }
            carryOut(numbered);
        }

        private void forgetToAnswer(Command command) {
            if (command instanceof Command.Unsubscribe unsubscribe) channels.remove(unsubscribe.channel());
            if (command instanceof Command.Publish publish && random.nextBoolean()) publish(publish);
            if (command instanceof Command.Rpc rpc && random.nextBoolean()) apply(rpc);
        }

        /** Publishes, unless the key is known; answers the position either way. */
        private StreamPosition apply(Command.Rpc command) {
            ApiCall.Publish call = argument(command);
            String channel = call.channel();
            String key = call.message().idempotencyKey();
            StreamPosition known = keys.find(channel, key, time.now());
            if (known != null) return known;
            Payload data = call.message().data();
            ModelServer.this.publish(channel, data);
            StreamPosition position = log(channel).position();
            keys.remember(channel, key, position, time.now());
            keys.applied.add(new ModelKeys.Applied(channel, data.text(), position.epoch()));
            return position;
        }

        private ApiCall.Publish argument(Command.Rpc command) {
            try {
                Payload data = Objects.requireNonNull(command.data());
                return (ApiCall.Publish) ApiCodec.call(ApiMethod.PUBLISH, data.buffer());
            } catch (MalformedFrame fault) {
                throw new IllegalStateException(fault);
            }
        }

        private void publish(Command.Publish command) {
            Payload data = Objects.requireNonNull(command.data());
            taken.add(data);
            ModelServer.this.publish(command.channel(), data);
        }

        private void carryOut(Command.Numbered command) {
            if (command instanceof Command.Connect connect) {
                connect(connect);
            } else if (command instanceof Command.Subscribe subscribe) {
                subscribe(subscribe);
            } else if (command instanceof Command.Refresh refresh) {
                refresh(refresh);
            } else if (command instanceof Command.SubRefresh refresh) {
                refresh(refresh);
            } else if (command instanceof Command.Unsubscribe unsubscribe) {
                channels.remove(unsubscribe.channel());
                done(command, new Result.UnsubscribeResult());
            } else if (command instanceof Command.Publish publish) {
                publish(publish);
                done(command, new Result.PublishResult());
            } else if (command instanceof Command.Rpc rpc) {
                StreamPosition position = apply(rpc);
                String result = "{\"epoch\":\"" + position.epoch() + "\",\"offset\":" + position.offset() + "}";
                done(command, new Result.RpcResult(Payload.of(result)));
            } else if (command instanceof Command.History history) {
                Log log = log(history.channel());
                done(command, new Result.HistoryResult(List.copyOf(log.kept), log.position()));
            } else {
                throw new IllegalStateException("the model does not know " + command);
            }
        }

        private void connect(Command.Connect command) {
            if (isExpired(command.token())) {
                out.accept(new Reply.Failed(command.id(), ErrorReply.TOKEN_EXPIRED));
                end();
                return;
            }
            token = command.token();
            expireSession(token);
            SubscribeRequest request = command.subs().get(SERVED);
            Map<String, SubscribeResult> subs =
                    Map.of(SERVED, subscribe(request == null ? SubscribeRequest.to(SERVED) : request, null));
            channels.put(SERVED, "");
            done(command, new Result.ConnectResult("c", "model", expiry(token), null, subs, HEARTBEAT));
        }

        private void refresh(Command.Refresh command) {
            if (isExpired(command.token())) {
                close.accept(Disconnect.EXPIRED.code());
                return;
            }
            token = command.token();
            expireSession(token);
            done(command, new Result.RefreshResult(expiry(token)));
        }

        private void refresh(Command.SubRefresh command) {
            String channel = command.channel();
            ErrorReply refusal = !channels.containsKey(channel)
                    ? ErrorReply.PERMISSION_DENIED
                    : isExpired(command.token()) ? ErrorReply.EXPIRED : null;
            if (refusal != null) {
                out.accept(new Reply.Failed(command.id(), refusal));
                return;
            }
            channels.put(channel, command.token());
            expireSubscription(channel, command.token());
            done(command, new Result.SubRefreshResult(expiry(command.token())));
        }

        private void subscribe(Command.Subscribe command) {
            SubscribeRequest request = command.request();
            String channel = request.channel();
            if (channels.containsKey(channel)) throw new IllegalStateException("subscribed twice to " + channel);
            Expiry expiry = null;
            if (channel.equals(PRIVATE)) {
                if (isExpired(request.token())) {
                    out.accept(new Reply.Failed(command.id(), ErrorReply.TOKEN_EXPIRED));
                    return;
                }
                expireSubscription(channel, request.token());
                expiry = expiry(request.token());
            }
            channels.put(channel, request.token());
            done(command, subscribe(request, expiry));
        }

        private SubscribeResult subscribe(SubscribeRequest request, @Nullable Expiry expiry) {
            Log log = log(request.channel());
            StreamPosition from = request.recover();
            List<Publication> missed = from == null ? null : missed(log, from);
            Recovery recovery =
                    from == null ? Recovery.NOT_ASKED : missed == null ? Recovery.NOT_RECOVERED : Recovery.RECOVERED;
            StreamPosition position =
                    from == null || missed == null ? log.position() : new StreamPosition(from.offset(), log.epoch);
            List<Publication> page = missed == null ? List.of() : missed;
            boolean patched =
                    request.channel().equals(PATCHED) && !request.delta().isEmpty();
            patches.end(request.channel());
            if (patched) {
                // What the subscriber recovers from is what it has.
                boolean hasBase = recovery == Recovery.RECOVERED && page.isEmpty() && random.nextBoolean();
                patches.begin(
                        request.channel(),
                        hasBase
                                ? everything.get(request.channel() + " " + position.epoch() + " " + position.offset())
                                : null);
                page = patches.coded(request.channel(), page);
            }
            return new SubscribeResult(Tracking.RECOVERABLE, position, recovery, page, expiry, null, patched);
        }

        private @Nullable List<Publication> missed(Log log, StreamPosition from) {
            if (!from.epoch().isEmpty() && !from.epoch().equals(log.epoch)) return null;
            List<Publication> after =
                    log.kept.stream().filter(p -> p.offset() > from.offset()).toList();
            if (after.isEmpty()) return from.offset() == log.top ? after : null;
            return after.size() <= RECOVERED_AT_MOST && after.get(0).offset() == from.offset() + 1 ? after : null;
        }

        private void done(Command.Numbered command, Result result) {
            out.accept(new Reply.Done(command.id(), result));
        }
    }
}
