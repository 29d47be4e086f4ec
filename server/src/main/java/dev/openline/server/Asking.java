package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of one session that change nothing about it: publish, presence, history, rpc. Their answers may overtake each other. */
final class Asking {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Session session;
    private final SessionLimits limits;
    private final Reception reception;
    private int rpcInFlight;

    Asking(Session session, SessionLimits limits, Reception reception) {
        this.session = session;
        this.limits = limits;
        this.reception = reception;
    }

    void publish(Command.Publish command) {
        String channel = command.channel();
        Payload data = command.data();
        ErrorReply refusal = session.permissions().toPublish(session.optionsFor(channel), session.stateOf(channel));
        if (refusal == null && data == null) refusal = ErrorReply.BAD_REQUEST;
        if (refusal != null || data == null) {
            session.fail(command.id(), refusal == null ? ErrorReply.BAD_REQUEST : refusal);
            return;
        }
        session.desk().publish(PublishRequest.of(channel, data).by(session.self()), answer -> {
            if (answer instanceof Published.Refused refused) session.fail(command.id(), refused.error());
            else session.reply(command.id(), new Result.PublishResult());
        });
    }

    void presence(Command.Presence command) {
        ErrorReply refusal = presenceRefusal(command.channel());
        if (refusal != null) {
            session.fail(command.id(), refusal);
            return;
        }
        session.desk().presence(command.channel(), members -> {
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
        session.desk()
                .presenceStats(
                        command.channel(),
                        stats -> session.reply(
                                command.id(), new Result.PresenceStatsResult(stats.clients(), stats.users())));
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
        HistoryQuery query = queryOf(command.limit(), command.since(), command.direction(), limits.maxHistoryPage());
        if (refusal == null && query == null) refusal = ErrorReply.BAD_REQUEST;
        if (refusal != null || query == null) {
            session.fail(command.id(), refusal == null ? ErrorReply.BAD_REQUEST : refusal);
            return;
        }
        session.desk().history(channel, query, page -> {
            if (page instanceof Page.Found found) {
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
        RpcHandler handler = reception.rpc(command.method());
        if (handler == null) {
            session.fail(command.id(), ErrorReply.NOT_AVAILABLE);
            return;
        }
        if (rpcInFlight >= limits.maxRpcInFlight()) {
            session.fail(command.id(), ErrorReply.TOO_MANY_REQUESTS);
            return;
        }
        rpcInFlight++;
        CompletionStage<@Nullable Payload> answer;
        try {
            answer = handler.call(session.self(), command.data());
        } catch (RuntimeException fault) {
            answer = java.util.concurrent.CompletableFuture.failedStage(fault);
        }
        answer.whenComplete((result, fault) -> reception.onLoop(() -> answered(command, result, fault)));
    }

    private void answered(Command.Rpc command, @Nullable Payload result, @Nullable Throwable fault) {
        rpcInFlight--;
        if (fault == null) {
            session.reply(command.id(), new Result.RpcResult(result));
        } else {
            log.warn("rpc method {} failed", command.method(), fault);
            session.fail(command.id(), ErrorReply.INTERNAL);
        }
    }
}
