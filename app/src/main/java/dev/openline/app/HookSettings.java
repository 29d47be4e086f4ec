package dev.openline.app;

import dev.openline.app.EndpointSettings.State;
import dev.openline.app.EndpointSettings.Use;
import dev.openline.hooks.HookEndpoint;
import dev.openline.hooks.HttpEvents;
import dev.openline.hooks.HttpHooks;
import dev.openline.hooks.RpcRoute;
import dev.openline.hub.ChannelNames;
import dev.openline.server.OpenlineOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a configuration file says of the application that is asked and told by HTTP. */
final class HookSettings {
    private static final String SUBSCRIBE = "subscribe";
    private static final String PUBLISH = "publish";
    private static final String SUB_REFRESH = "sub_refresh";
    private static final List<String> KINDS = List.of(SUBSCRIBE, PUBLISH, SUB_REFRESH);
    private static final String STREAM = "there are no streams from an application here";

    /** Where those ask that name none of {@code proxies}. */
    private static final String DEFAULT = "default";

    /** Stands for the channels without a namespace. */
    private static final String WITHOUT = "";

    private final Map<String, EndpointSettings> named = new HashMap<>();
    private final Map<String, EndpointSettings> ofChannels = new HashMap<>();
    /** By kind and namespace. */
    private final Map<String, Map<String, HookEndpoint>> ofNamespaces = new HashMap<>();

    private final Set<String> told = new HashSet<>();
    private final EndpointSettings events;
    private final boolean tellsDisconnected;
    private @Nullable HookEndpoint connect;
    private @Nullable HookEndpoint refresh;
    private @Nullable Function<String, RpcRoute> rpc;
    private @Nullable String pingMethod;
    /** Once it has somebody to tell. */
    private @Nullable HttpEvents teller;

    HookSettings(Settings root) {
        for (Settings one : root.sections("proxies")) {
            String name = one.text("name", "");
            EndpointSettings endpoint = EndpointSettings.readSaid(one, Use.QUESTIONS);
            if (name.isEmpty() || name.equals(DEFAULT)) one.fault("name", "expected a name other than " + DEFAULT);
            else if (named.put(name, endpoint) != null) one.fault("name", "there is another one of this name");
            one.end();
        }
        Settings ofEvents = root.section("events");
        events = EndpointSettings.read(ofEvents, Use.EVENTS);
        tellsDisconnected = ofEvents.flag("disconnected");
        if (tellsDisconnected && events.state() == State.UNSAID)
            ofEvents.fault("disconnected", "expected endpoint beside it");
        ofEvents.end();
        rpc(root.section("rpc"));
    }

    // --- what asks
    // ---------------------------------------------------------------------------------------------------------------

    /** {@code client.proxy}. */
    void client(Settings section) {
        connect = whereEnabled(section.section("connect"));
        refresh = whereEnabled(section.section("refresh"));
        section.end();
    }

    /** Whether clients without a token may be let in. */
    boolean admit() {
        return connect != null;
    }

    private static @Nullable HookEndpoint whereEnabled(Settings section) {
        boolean enabled = section.flag("enabled");
        EndpointSettings read = enabled
                ? EndpointSettings.readSaid(section, Use.QUESTIONS)
                : EndpointSettings.read(section, Use.QUESTIONS);
        section.end();
        return enabled ? read.endpoint() : null;
    }

    /** {@code channel.proxy}: where namespaces ask that name no other place. */
    void channel(Settings section) {
        for (String kind : KINDS) {
            Settings one = section.section(kind);
            ofChannels.put(kind, EndpointSettings.read(one, Use.QUESTIONS));
            one.end();
        }
        section.refuse(STREAM, "subscribe_stream");
        section.end();
    }

    /** What a namespace asks, and what is told of it. */
    void namespace(Settings section, String name) {
        for (String kind : KINDS) {
            EndpointSettings otherwise = ofChannels.getOrDefault(kind, new EndpointSettings(null, State.UNSAID));
            HookEndpoint endpoint = endpoint(section, kind + "_", otherwise, "channel.proxy." + kind);
            if (endpoint != null)
                ofNamespaces.computeIfAbsent(kind, made -> new HashMap<>()).put(name, endpoint);
        }
        section.refuse(STREAM, "subscribe_stream_proxy_enabled", "subscribe_stream_proxy_name");
        if (!section.flag("occupancy_events")) return;
        told.add(name);
        if (events.state() == State.UNSAID) section.fault("occupancy_events", "expected events.endpoint beside it");
    }

    /** Whom something asks, if it does: the one that it names, or else the one for all. */
    private @Nullable HookEndpoint endpoint(Settings section, String prefix, EndpointSettings otherwise, String where) {
        String name = section.text(prefix + "proxy_name", DEFAULT);
        boolean enabled = section.flag(prefix + "proxy_enabled");
        EndpointSettings meant = name.isEmpty() || name.equals(DEFAULT) ? otherwise : named.get(name);
        if (meant == null) {
            section.fault(prefix + "proxy_name", "there is none of this name in proxies");
            return null;
        }
        if (!enabled) return null;
        if (meant.state() == State.UNSAID)
            section.fault(prefix + "proxy_enabled", "expected " + where + ".endpoint beside it");
        return meant.endpoint();
    }

    private void rpc(Settings section) {
        Settings place = section.section("proxy");
        EndpointSettings forAll = EndpointSettings.read(place, Use.QUESTIONS);
        place.end();
        String boundary = section.text("namespace_boundary", ":");
        Settings without = section.section("without_namespace");
        HookEndpoint unnamed = endpoint(without, "", forAll, "rpc.proxy");
        without.end();
        Map<String, RpcRoute> routes = new HashMap<>();
        for (Settings namespace : section.sections("namespaces")) {
            String name = namespace.text("name", "");
            HookEndpoint endpoint = endpoint(namespace, "", forAll, "rpc.proxy");
            RpcRoute route = endpoint == null ? RpcRoute.OFF : RpcRoute.to(endpoint);
            if (!name.matches("[-a-zA-Z0-9_.]{2,}"))
                namespace.fault("name", "expected at least two of the characters -a-zA-Z0-9_.");
            else if (routes.put(name, route) != null)
                namespace.fault("name", "there is another namespace of this name");
            namespace.end();
        }
        Settings ping = section.section("ping");
        String method = ping.text("method", "ping");
        if (ping.flag("enabled")) pingMethod = method;
        ping.end();
        section.end();
        if (unnamed != null || !routes.isEmpty())
            rpc = routing(boundary, unnamed == null ? RpcRoute.OFF : RpcRoute.to(unnamed), routes);
    }

    private static Function<String, RpcRoute> routing(
            String boundary, RpcRoute unnamed, Map<String, RpcRoute> namespaces) {
        return method -> {
            int end = boundary.isEmpty() ? -1 : method.indexOf(boundary);
            return end < 0 ? unnamed : namespaces.getOrDefault(method.substring(0, end), RpcRoute.UNKNOWN);
        };
    }

    // --- to the server
    // -----------------------------------------------------------------------------------------------------------

    void configure(OpenlineOptions options, ChannelNames names) {
        if (connect != null) options.authenticator(HttpHooks.connect(connect));
        if (refresh != null) options.onRefresh(HttpHooks.refresh(refresh));
        if (ofNamespaces.containsKey(SUBSCRIBE) || ofNamespaces.containsKey(SUB_REFRESH))
            options.onSubscribe(HttpHooks.subscribe(of(SUBSCRIBE, names), of(SUB_REFRESH, names)));
        if (ofNamespaces.containsKey(PUBLISH)) options.onPublish(HttpHooks.publish(of(PUBLISH, names)));
        if (rpc != null) options.otherRpc(HttpHooks.rpc(rpc));
        if (pingMethod != null) options.rpc(pingMethod, (caller, data) -> CompletableFuture.completedStage(null));
        HookEndpoint listener = events.endpoint();
        if (listener == null) return;
        teller = new HttpEvents(listener, tellsDisconnected, channel -> told.contains(namespaceOf(channel, names)));
        options.connections(teller);
        if (!told.isEmpty()) options.channels(teller);
    }

    private Function<String, @Nullable HookEndpoint> of(String kind, ChannelNames names) {
        Map<String, HookEndpoint> endpoints = ofNamespaces.getOrDefault(kind, Map.of());
        return channel -> endpoints.get(namespaceOf(channel, names));
    }

    private static String namespaceOf(String channel, ChannelNames names) {
        String namespace = names.namespaceOf(channel);
        return namespace == null ? WITHOUT : namespace;
    }

    /** To be called once the server is closed: tells the rest of what has happened. */
    void close() {
        if (teller != null) teller.close();
    }
}
