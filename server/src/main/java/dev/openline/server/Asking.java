package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublicationFormat;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.TokenBucket;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ApiMessage;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one session that change nothing about it: publish, presence, history, rpc. Their answers may overtake each other, but
 * what is published on a channel gets its place in the order of the commands.
 */
final class Asking {
    /** Not to be asked again at once, but soon: what was wrong is the server's, not the client's. */
    static final ErrorReply NOT_TOLD =
            new ErrorReply(ErrorReply.INTERNAL.code(), "who is there can't be told now", true);

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /** The method by which a client publishes exactly once: its argument is that of the API's {@code publish}. */
    static final String PUBLISH = "openline.publish";

    /** Channels with a rate on which one client publishes within a second; on more it has to wait. */
    private static final int MAX_BUCKETS = 128;

    /** Names of methods as programmers give them; others stay out of the log. */
    private static final Pattern METHOD = Pattern.compile("[\\w.:/-]{1,64}");

    private static final Payload NOTHING = Payload.wrap(new byte[0]);

    private final Session session;
    private final Reception reception;
    private int rpcInFlight;

    /** By channel; only of those with a rate per client that were published on in the last second. */
    private final Map<String, TokenBucket> buckets = new HashMap<>();

    Asking(Session session, Reception reception) {
        this.session = session;
        this.reception = reception;
    }

    void publish(Command.Publish command) {
        Payload data = command.data();
        if (data == null) {
            data = NOTHING;
            ChannelOptions options = session.optionsFor(command.channel());
            if (options != null && options.format() != PublicationFormat.BINARY) {
                ErrorReply refusal = session.permissions().toPublish(options, session.stateOf(command.channel()));
                session.fail(command.id(), refusal == null ? ErrorReply.BAD_REQUEST : refusal);
                return;
            }
        }
        PublishRequest request = PublishRequest.of(command.channel(), data).by(publisher(command.channel()));
        publish(command.id(), request, published -> session.reply(command.id(), new Result.PublishResult()));
    }

    /** Who publishes, as subscribers of this channel are shown. */
    private ClientInfo publisher(String channel) {
        ClientInfo self = session.self();
        Subscription subscription = session.subscriptions().get(channel);
        Payload info = subscription == null ? null : subscription.grant.info();
        return info == null ? self : new ClientInfo(self.user(), self.client(), self.connectionInfo(), info);
    }

    /** Publishes what the hook or the permissions allow; {@code done} hears of what is published, the client of what is refused. */
    private void publish(long id, PublishRequest request, Consumer<Published> done) {
        if (session.optionsFor(request.channel()) == null) {
            session.fail(id, ErrorReply.UNKNOWN_CHANNEL);
            return;
        }
        PublishHook hook = reception.rules().publishHook();
        if (hook == null) {
            permitted(id, request, done);
            return;
        }
        session.hold();
        reception.ask(() -> hook.publish(session.who(), request), (decision, fault) -> {
            if (session.isClosed()) return;
            if (decision instanceof PublishHook.Decision.Allowed allowed) say(id, allowed.request(), done);
            else if (decision instanceof PublishHook.Decision.Denied denied) session.fail(id, denied.error());
            else if (decision instanceof PublishHook.Decision.Dropped dropped) session.close(dropped.disconnect());
            else if (decision == null) session.fail(id, ErrorReply.INTERNAL);
            else permitted(id, request, done);
            session.resume();
        });
    }

    private void permitted(long id, PublishRequest request, Consumer<Published> done) {
        String channel = request.channel();
        ErrorReply refusal = session.permissions().toPublish(session.optionsFor(channel), session.stateOf(channel));
        if (refusal == null) refusal = session.permissions().refusalOfName(channel, session.optionsFor(channel));
        if (refusal != null) session.fail(id, refusal);
        else say(id, request, done);
    }

    private void say(long id, PublishRequest request, Consumer<Published> done) {
        if (!isUnhurried(request.channel())) {
            session.fail(id, ErrorReply.TOO_MANY_REQUESTS);
            return;
        }
        session.desk().publish(request, answer -> {
            if (answer instanceof Published.Refused refused) session.fail(id, refused.error());
            else done.accept(answer);
        });
    }

    /** Whether this client may publish once more on this channel now. */
    private boolean isUnhurried(String channel) {
        ChannelOptions options = session.optionsFor(channel);
        int perSecond = options == null ? 0 : options.rates().perClient();
        if (perSecond == 0) return true;
        long now = reception.nowMillis();
        TokenBucket bucket = buckets.get(channel);
        if (bucket == null) {
            // A full bucket is as good as a new one.
            if (buckets.size() >= MAX_BUCKETS) buckets.values().removeIf(other -> other.fullAt() <= now);
            if (buckets.size() >= MAX_BUCKETS) return false;
            bucket = new TokenBucket(perSecond, now);
            buckets.put(channel, bucket);
        }
        return bucket.take(now);
    }

    /** The built-in method {@link #PUBLISH}: as the command, but with an idempotency key, and the answer tells the position. */
    private void publish(Command.Rpc command) {
        ApiCall.Publish call;
        try {
            Payload data = command.data();
            ByteBuffer body = data == null ? ByteBuffer.allocate(0) : data.buffer();
            call = (ApiCall.Publish) ApiCodec.call(ApiMethod.PUBLISH, body);
        } catch (MalformedFrame fault) {
            session.fail(command.id(), ErrorReply.BAD_REQUEST);
            return;
        }
        ErrorReply flaw = call.flaw();
        if (flaw != null) {
            session.fail(command.id(), flaw);
            return;
        }
        // Not the rest of what a backend may say: whether it is logged, and which version it is.
        ApiMessage message = call.message();
        PublishRequest request = PublishRequest.of(call.channel(), message.data())
                .by(publisher(call.channel()))
                .tagged(message.tags())
                .once(message.idempotencyKey().isEmpty() ? null : message.idempotencyKey());
        publish(command.id(), request, published -> {
            var position = published instanceof Published.At at ? at.position() : null;
            session.reply(command.id(), new Result.RpcResult(ApiCodec.position(position)));
        });
    }

    void presence(Command.Presence command) {
        ErrorReply refusal = presenceRefusal(command.channel());
        if (refusal != null) {
            session.fail(command.id(), refusal);
            return;
        }
        session.desk().presence(command.channel(), members -> {
            if (members == null) {
                session.fail(command.id(), NOT_TOLD);
                return;
            }
            Map<String, ClientInfo> clients = new LinkedHashMap<>();
            for (ClientInfo member : members) clients.put(member.client(), member);
            session.reply(command.id(), new Result.PresenceResult(clients));
        });
    }

    void presenceStats(Command.PresenceStats command) {
        ErrorReply refusal = presenceRefusal(command.channel());
        if (refusal != null) {
            session.fail(command.id(), refusal);
            return;
        }
        session.desk().presenceStats(command.channel(), stats -> {
            if (stats == null) session.fail(command.id(), NOT_TOLD);
            else session.reply(command.id(), new Result.PresenceStatsResult(stats.clients(), stats.users()));
        });
    }

    private @Nullable ErrorReply presenceRefusal(String channel) {
        ChannelOptions options = session.optionsFor(channel);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (!options.has(Feature.PRESENCE)) return ErrorReply.NOT_AVAILABLE;
        return session.permissions().toSeePresence(options, session.stateOf(channel));
    }

    void history(Command.History command) {
        String channel = command.channel();
        ChannelOptions options = session.optionsFor(channel);
        ErrorReply refusal = session.permissions().toReadHistory(options, session.stateOf(channel));
        if (options != null && !options.logged()) refusal = ErrorReply.NOT_AVAILABLE;
        HistoryQuery query = queryOf(
                command.limit(),
                command.since(),
                command.direction(),
                session.limits().maxHistoryPage());
        if (refusal == null && query == null) refusal = ErrorReply.BAD_REQUEST;
        if (refusal != null || query == null) {
            session.fail(command.id(), refusal == null ? ErrorReply.BAD_REQUEST : refusal);
            return;
        }
        session.desk().history(channel, query, page -> {
            if (page instanceof Page.Found found && !Terms.canSay(found.publications(), reception.encoding())) {
                session.close(Disconnect.INAPPROPRIATE_PROTOCOL);
            } else if (page instanceof Page.Found found) {
                session.reply(command.id(), new Result.HistoryResult(found.publications(), found.top()));
            } else {
                session.fail(command.id(), errorOf(page));
            }
        });
    }

    /** The query that a request means, or null for one that means nothing: backwards from before the first publication. */
    static @Nullable HistoryQuery queryOf(
            long limit, @Nullable StreamPosition since, Direction direction, int maxPage) {
        boolean backward = direction == Direction.NEWEST_FIRST;
        if (backward && since != null && since.offset() == 0) return null;
        int wanted = limit < 0 || limit > maxPage ? maxPage : (int) limit;
        return new HistoryQuery(
                since, wanted, backward ? HistoryQuery.Direction.BACKWARD : HistoryQuery.Direction.FORWARD);
    }

    static ErrorReply errorOf(Page page) {
        return page instanceof Page.Refused refused ? refused.error() : ErrorReply.UNRECOVERABLE_POSITION;
    }

    void rpc(Command.Rpc command) {
        if (command.method().equals(PUBLISH)) {
            publish(command);
            return;
        }
        RpcFallback handler = reception.rpc(command.method());
        if (handler == null) {
            session.fail(command.id(), ErrorReply.NOT_AVAILABLE);
            return;
        }
        if (rpcInFlight >= session.limits().maxRpcInFlight()) {
            session.fail(command.id(), ErrorReply.TOO_MANY_REQUESTS);
            return;
        }
        rpcInFlight++;
        reception.ask(
                () -> handler.call(session.who(), command.method(), command.data()),
                (result, fault) -> answered(command, result, fault));
    }

    private void answered(Command.Rpc command, @Nullable Payload result, @Nullable Throwable fault) {
        rpcInFlight--;
        if (fault == null) {
            session.reply(command.id(), new Result.RpcResult(result));
        } else if (fault instanceof RpcRefused refused) {
            if (refused.disconnect() != null) session.close(refused.disconnect());
            else session.fail(command.id(), refused.error());
        } else {
            if (!HookFault.isIn(fault)) log.warn("rpc method {} failed", legible(command.method()), fault);
            session.fail(command.id(), ErrorReply.INTERNAL);
        }
    }

    /** Where one handler answers all methods, their names are whatever a client sends. */
    private static String legible(String method) {
        return METHOD.matcher(method).matches() ? method : "with a name of " + method.length() + " characters";
    }
}
