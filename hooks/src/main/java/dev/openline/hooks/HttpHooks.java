package dev.openline.hooks;

import dev.openline.hub.PublishRequest;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.server.Authenticator;
import dev.openline.server.Client;
import dev.openline.server.Grant;
import dev.openline.server.PublishHook;
import dev.openline.server.RefreshHook;
import dev.openline.server.RpcFallback;
import dev.openline.server.RpcRefused;
import dev.openline.server.SubscribeHook;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of a server, put to an application by HTTP: each question is a {@code POST} of a JSON object, each answer an object with a {@code result},
 * an {@code error} or a {@code disconnect}. A question that can't be put, or is not answered as it should be, is a fault: the client's command is answered with
 * error 100, which is temporary.
 *
 * <p>Never blocks, and asks nothing twice. Any thread.
 */
public final class HttpHooks {
    private HttpHooks() {}

    /**
     * Asks who a client is that comes without a token. An answer without a result is: nobody that it knows. A client with a token that the server
     * doesn't verify is closed with 3500: the application isn't told of tokens, and the client means to be somebody by it.
     */
    public static Authenticator connect(HookEndpoint endpoint) {
        Asker asker = new Asker(endpoint, "connect");
        return attempt -> {
            if (!attempt.token().isEmpty())
                return CompletableFuture.completedStage(new Authenticator.Dropped(Disconnect.INVALID_TOKEN));
            byte[] question = new Question(endpoint.form())
                    .about(attempt.client(), attempt.transport(), attempt.encoding())
                    .withSome("name", attempt.name().name())
                    .withSome("version", attempt.name().version())
                    .withSome("channels", attempt.channels())
                    .withPayload("data", attempt.data())
                    .end();
            return answered(
                    asker,
                    asker.ask(question, asker.headers(attempt.request(), attempt.headers())),
                    reply -> admissionOf(reply));
        };
    }

    private static Authenticator.Admission admissionOf(Reply reply) throws Reply.Malformed {
        Disconnect disconnect = reply.disconnect();
        if (disconnect != null) return new Authenticator.Dropped(disconnect);
        ErrorReply error = reply.error();
        if (error != null) return new Authenticator.Denied(error);
        Reply.Members result = reply.result();
        if (result == null) return new Authenticator.Unknown();
        Map<String, Grant> subs = new LinkedHashMap<>();
        for (String channel : result.texts("channels")) subs.put(channel, Grant.PLAIN);
        Reply.Members granted = result.object("subs");
        if (granted != null)
            for (String channel : granted.names()) {
                Reply.Members grant = granted.object(channel);
                subs.put(channel, grant == null ? Grant.PLAIN : grantOf(grant));
            }
        return new Authenticator.Admitted(result.text("user"), result.payload("info"), result.payload("data"))
                .until(endOf(result), Grant.Refreshed.BY_SERVER)
                .withSubs(subs)
                .withMeta(result.payload("meta"));
    }

    private static Grant grantOf(Reply.Members members) throws Reply.Malformed {
        return new Grant(
                endOf(members),
                Grant.Refreshed.BY_SERVER,
                members.payload("info"),
                members.payload("data"),
                members.overrides());
    }

    private static @Nullable Long endOf(Reply.Members members) throws Reply.Malformed {
        long end = members.number("expire_at", 0);
        return end == 0 ? null : end;
    }

    /**
     * Asks whether a client may stay whose time is over, whoever has admitted it: the application or a token. Without a result, or with
     * {@code expired}, it may not. There is no error and no disconnect here: they are an answer without a result.
     */
    public static RefreshHook refresh(HookEndpoint endpoint) {
        Asker asker = new Asker(endpoint, "refresh");
        return new RefreshHook() {
            @Override
            public CompletionStage<Decision> refresh(Client client) {
                byte[] question = about(client, endpoint).end();
                return answered(asker, asker.ask(question, headers(asker, client)), reply -> {
                    Reply.Members result = reply.result();
                    if (result == null || result.flag("expired")) return new Decision.Expired();
                    return new Decision.Until(endOf(result), result.payload("info"), result.payload("meta"));
                });
            }

            @Override
            public boolean coversTokens() {
                return true;
            }
        };
    }

    private static Question about(Client client, HookEndpoint endpoint) {
        Question question = new Question(endpoint.form())
                .about(client.id(), client.transport(), client.encoding())
                .with("user", client.user());
        if (endpoint.meta() == HookEndpoint.Meta.INCLUDED) question.withPayload("meta", client.meta());
        return question;
    }

    private static Map<String, String> headers(Asker asker, Client client) {
        return asker.headers(client.request(), client.headers());
    }

    /**
     * Asks who may subscribe, and whether a subscription may go on whose time is over, whoever has allowed it: the application or a token.
     *
     * @param subscribe whom to ask about a channel; null where its permissions decide
     * @param refresh whom to ask when a subscription's time is over; null where it ends then, or, if a token has opened it, where the client
     *     has to bring a new one
     */
    public static SubscribeHook subscribe(
            Function<String, @Nullable HookEndpoint> subscribe, Function<String, @Nullable HookEndpoint> refresh) {
        Askers subscribing = new Askers(subscribe, "subscribe");
        Askers refreshing = new Askers(refresh, "sub_refresh");
        return new SubscribeHook() {
            @Override
            public CompletionStage<Decision> subscribe(Client client, SubscribeRequest request) {
                Asker asker = subscribing.of(request.channel());
                if (asker == null) return CompletableFuture.completedStage(Decision.BY_PERMISSIONS);
                byte[] question = about(client, asker.endpoint())
                        .with("channel", request.channel())
                        .withSome("token", request.token())
                        .withPayload("data", request.data())
                        .end();
                return answered(asker, asker.ask(question, headers(asker, client)), HttpHooks::decisionOf);
            }

            @Override
            public CompletionStage<Decision> refresh(Client client, String channel) {
                Asker asker = refreshing.of(channel);
                if (asker == null) return CompletableFuture.completedStage(new Decision.Denied(ErrorReply.EXPIRED));
                byte[] question =
                        about(client, asker.endpoint()).with("channel", channel).end();
                return answered(asker, asker.ask(question, headers(asker, client)), reply -> {
                    Reply.Members result = reply.result();
                    if (result == null || result.flag("expired")) return new Decision.Denied(ErrorReply.EXPIRED);
                    return new Decision.Allowed(grantOf(result));
                });
            }

            @Override
            public boolean coversTokens(String channel) {
                return refreshing.of(channel) != null;
            }
        };
    }

    private static SubscribeHook.Decision decisionOf(Reply reply) throws Reply.Malformed {
        Disconnect disconnect = reply.disconnect();
        if (disconnect != null) return new SubscribeHook.Decision.Dropped(disconnect);
        ErrorReply error = reply.error();
        if (error != null) return new SubscribeHook.Decision.Denied(error);
        Reply.Members result = reply.result();
        if (result == null) return new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED);
        return new SubscribeHook.Decision.Allowed(grantOf(result));
    }

    /**
     * Asks who may publish, and what.
     *
     * @param publish whom to ask about a channel; null where its permissions decide
     */
    public static PublishHook publish(Function<String, @Nullable HookEndpoint> publish) {
        Askers publishing = new Askers(publish, "publish");
        return (client, request) -> {
            Asker asker = publishing.of(request.channel());
            if (asker == null) return CompletableFuture.completedStage(PublishHook.Decision.BY_PERMISSIONS);
            byte[] question = about(client, asker.endpoint())
                    .with("channel", request.channel())
                    .withPayload("data", request.data())
                    .end();
            return answered(asker, asker.ask(question, headers(asker, client)), reply -> decisionOf(request, reply));
        };
    }

    private static PublishHook.Decision decisionOf(PublishRequest request, Reply reply) throws Reply.Malformed {
        Disconnect disconnect = reply.disconnect();
        if (disconnect != null) return new PublishHook.Decision.Dropped(disconnect);
        ErrorReply error = reply.error();
        if (error != null) return new PublishHook.Decision.Denied(error);
        Reply.Members result = reply.result();
        if (result == null) return new PublishHook.Decision.Denied(ErrorReply.PERMISSION_DENIED);
        Payload data = result.payload("data");
        String key = result.text("idempotency_key");
        long version = result.number("version", 0);
        PublishRequest said = new PublishRequest(
                request.channel(),
                data == null ? request.data() : data,
                request.info(),
                result.has("tags") ? result.words("tags") : request.tags(),
                key.isEmpty() ? request.idempotencyKey() : key,
                result.flag("skip_history") ? PublishRequest.History.SKIP : request.history(),
                result.flag("delta") ? PublishRequest.Encoding.DELTA : request.encoding(),
                version == 0 ? request.version() : new PublishRequest.Version(version, result.text("version_epoch")));
        return new PublishHook.Decision.Allowed(said);
    }

    /**
     * Puts calls of the {@code rpc} command through.
     *
     * @param of whom a method goes to, or why it goes nowhere
     */
    public static RpcFallback rpc(Function<String, RpcRoute> of) {
        Map<HookEndpoint, Asker> askers = new java.util.concurrent.ConcurrentHashMap<>();
        return (client, method, data) -> {
            RpcRoute route = of.apply(method);
            HookEndpoint endpoint = route.endpoint();
            if (endpoint == null) return CompletableFuture.failedStage(new RpcRefused(route.refusal()));
            Asker asker = askers.computeIfAbsent(endpoint, there -> new Asker(there, "rpc"));
            byte[] question = about(client, endpoint)
                    .with("method", method)
                    .withPayload("data", data)
                    .end();
            return HttpHooks.<@Nullable Payload>answered(
                    asker, asker.ask(question, headers(asker, client)), HttpHooks::resultOf);
        };
    }

    private static @Nullable Payload resultOf(Reply reply) throws Reply.Malformed {
        Disconnect disconnect = reply.disconnect();
        if (disconnect != null) throw new RpcRefused(disconnect);
        ErrorReply error = reply.error();
        if (error != null) throw new RpcRefused(error);
        Reply.Members result = reply.result();
        return result == null ? null : result.payload("data");
    }

    private interface Reading<T extends @Nullable Object> {
        T read(Reply reply) throws Reply.Malformed;
    }

    private static <T extends @Nullable Object> CompletionStage<T> answered(
            Asker asker, CompletionStage<Reply> reply, Reading<T> reading) {
        return reply.thenCompose(answer -> {
            try {
                return CompletableFuture.completedStage(reading.read(answer));
            } catch (Reply.Malformed e) {
                return asker.failed(String.valueOf(e.getMessage()));
            } catch (RpcRefused refused) {
                return CompletableFuture.failedStage(refused);
            }
        });
    }

    /** One asker for each endpoint, so that its bound counts for all channels that share it. */
    private static final class Askers {
        private final Function<String, @Nullable HookEndpoint> of;
        private final String name;
        private final Map<HookEndpoint, Asker> askers = new java.util.concurrent.ConcurrentHashMap<>();

        Askers(Function<String, @Nullable HookEndpoint> of, String name) {
            this.of = of;
            this.name = name;
        }

        @Nullable
        Asker of(String channel) {
            HookEndpoint endpoint = of.apply(channel);
            return endpoint == null ? null : askers.computeIfAbsent(endpoint, there -> new Asker(there, name));
        }
    }
}
