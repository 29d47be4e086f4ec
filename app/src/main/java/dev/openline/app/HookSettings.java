package dev.openline.app;

import dev.openline.hooks.HookEndpoint;
import dev.openline.hooks.HttpEvents;
import dev.openline.hooks.HttpHooks;
import dev.openline.hooks.RpcRoute;
import dev.openline.hub.ChannelNames;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.server.OpenlineOptions;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a configuration file says of the application that is asked and told by HTTP. */
final class HookSettings {
    private static final String SUBSCRIBE = "subscribe";
    private static final String PUBLISH = "publish";
    private static final String SUB_REFRESH = "sub_refresh";
    private static final String STREAM = "there are no streams from an application here";

    /** Stands for the channels without a namespace. */
    private static final String WITHOUT = "";

    private final Map<String, HookEndpoint> named = new HashMap<>();
    private final Map<String, HookEndpoint> ofChannels = new HashMap<>();
    /** By kind and namespace. */
    private final Map<String, Map<String, HookEndpoint>> ofNamespaces = new HashMap<>();

    private final Set<String> told = new HashSet<>();
    private @Nullable HookEndpoint connect;
    private @Nullable HookEndpoint refresh;
    private @Nullable Function<String, RpcRoute> rpc;
    private @Nullable String pingMethod;
    private @Nullable HookEndpoint events;
    private boolean tellsDisconnected;

    HookSettings(Settings root) {
        for (Settings one : root.sections("proxies")) {
            String name = one.text("name", "");
            HookEndpoint endpoint = endpoint(one);
            if (name.isEmpty()) one.fault("name", "expected a name");
            else if (endpoint != null && named.put(name, endpoint) != null)
                one.fault("name", "there is another one of this name");
            one.end();
        }
        events(root.section("events"));
        rpc(root.section("rpc"));
    }

    // --- endpoints
    // ---------------------------------------------------------------------------------------------------------------

    private static @Nullable HookEndpoint endpoint(Settings section) {
        String address = section.text("endpoint", "");
        Duration timeout = section.duration("timeout", Duration.ofSeconds(1));
        HookEndpoint.Form form = section.flag("binary_encoding") ? HookEndpoint.Form.BASE64 : HookEndpoint.Form.JSON;
        HookEndpoint.Meta meta =
                section.flag("include_connection_meta") ? HookEndpoint.Meta.INCLUDED : HookEndpoint.Meta.LEFT_OUT;
        var ofTheRequest = section.texts("http_headers");
        var ofTheConnect = section.texts("emulated_headers");
        int inFlight = section.number("max_in_flight", 1, 1_000_000, 1_000);
        Settings http = section.section("http");
        Map<String, String> always = http.words("static_headers");
        Map<Integer, HookEndpoint.Meaning> meanings = meanings(http);
        http.end();
        section.refuse("applications are asked by HTTP here, not by gRPC", "grpc", "grpc_metadata", "grpc_headers");
        if (address.isEmpty()) {
            section.fault("endpoint", "expected http://… or https://…");
            return null;
        }
        return section.made(
                "endpoint",
                () -> HookEndpoint.at(URI.create(address))
                        .within(timeout)
                        .passing(ofTheRequest, ofTheConnect, always)
                        .sending(form, meta)
                        .meaning(meanings)
                        .bounded(inFlight, 1 << 20));
    }

    private static Map<Integer, HookEndpoint.Meaning> meanings(Settings http) {
        Map<Integer, HookEndpoint.Meaning> meanings = new TreeMap<>();
        for (Settings one : http.sections("status_to_code_transforms")) {
            int status = one.number("status_code", 100, 599, 0);
            boolean toError = one.has("to_error");
            if (toError == one.has("to_disconnect")) one.fault("to_error", "expected this or to_disconnect");
            Settings error = one.section("to_error");
            Settings disconnect = one.section("to_disconnect");
            if (toError) {
                var reply = new ErrorReply(
                        error.number("code", 400, 1_999, 400), error.text("message", ""), error.flag("temporary"));
                meanings.put(status, new HookEndpoint.Meaning(reply, null));
                error.end();
            } else if (one.has("to_disconnect")) {
                var close =
                        new Disconnect(disconnect.number("code", 4_000, 4_999, 4_000), disconnect.text("reason", ""));
                meanings.put(status, new HookEndpoint.Meaning(null, close));
                disconnect.end();
            }
            if (status == 0) one.fault("status_code", "expected a status of HTTP");
            one.end();
        }
        return meanings;
    }

    /** A section that may say where, and says nothing unless it is enabled. */
    private static @Nullable HookEndpoint whereEnabled(Settings section) {
        boolean enabled = section.flag("enabled");
        HookEndpoint endpoint = enabled ? endpoint(section) : null;
        if (enabled) section.end();
        return endpoint;
    }

    // --- what asks
    // ---------------------------------------------------------------------------------------------------------------

    /** {@code client.proxy}. */
    void client(Settings section) {
        connect = whereEnabled(section.section("connect"));
        refresh = whereEnabled(section.section("refresh"));
        section.end();
    }

    /** {@code channel.proxy}: where namespaces ask that name no other place. */
    void channel(Settings section) {
        for (String kind : new String[] {SUBSCRIBE, PUBLISH, SUB_REFRESH}) {
            if (!section.has(kind)) continue;
            Settings one = section.section(kind);
            HookEndpoint endpoint = endpoint(one);
            if (endpoint != null) ofChannels.put(kind, endpoint);
            one.end();
        }
        section.refuse(STREAM, "subscribe_stream");
        section.end();
    }

    /** What a namespace asks, and what is told of it. */
    void namespace(Settings section, String name) {
        for (String kind : new String[] {SUBSCRIBE, PUBLISH, SUB_REFRESH}) {
            HookEndpoint endpoint = endpoint(section, kind + "_", ofChannels.get(kind), "channel.proxy." + kind);
            if (endpoint != null)
                ofNamespaces.computeIfAbsent(kind, made -> new HashMap<>()).put(name, endpoint);
        }
        section.refuse(STREAM, "subscribe_stream_proxy_enabled", "subscribe_stream_proxy_name");
        if (!section.flag("occupancy_events")) return;
        told.add(name);
        if (events == null) section.fault("occupancy_events", "expected events.endpoint beside it");
    }

    /** Whom something asks, if it does: the one that it names, or else the one for all. */
    private @Nullable HookEndpoint endpoint(
            Settings section, String prefix, @Nullable HookEndpoint otherwise, String where) {
        String name = section.text(prefix + "proxy_name", "");
        if (!section.flag(prefix + "proxy_enabled")) return null;
        boolean isDefault = name.isEmpty() || name.equals("default");
        HookEndpoint endpoint = isDefault ? otherwise : named.get(name);
        if (endpoint == null)
            section.fault(
                    prefix + (isDefault ? "proxy_enabled" : "proxy_name"),
                    isDefault ? "expected " + where + ".endpoint beside it" : "there is none of this name in proxies");
        return endpoint;
    }

    private void rpc(Settings section) {
        HookEndpoint forAll = section.has("proxy") ? endpoint(section.section("proxy")) : null;
        String boundary = section.text("namespace_boundary", ":");
        Settings without = section.section("without_namespace");
        HookEndpoint unnamed = endpoint(without, "", forAll, "rpc.proxy");
        without.end();
        Map<String, RpcRoute> routes = new HashMap<>();
        for (Settings namespace : section.sections("namespaces")) {
            String name = namespace.text("name", "");
            HookEndpoint endpoint = endpoint(namespace, "", forAll, "rpc.proxy");
            if (name.isEmpty()) namespace.fault("name", "expected a name");
            routes.put(name, endpoint == null ? RpcRoute.OFF : RpcRoute.to(endpoint));
            namespace.end();
        }
        Settings ping = section.section("ping");
        String method = ping.text("method", "ping");
        if (ping.flag("enabled")) pingMethod = method;
        ping.end();
        section.end();
        if (unnamed == null && routes.isEmpty()) return;
        RpcRoute otherwise = unnamed == null ? RpcRoute.OFF : RpcRoute.to(unnamed);
        rpc = asked -> {
            int end = boundary.isEmpty() ? -1 : asked.indexOf(boundary);
            return end < 0 ? otherwise : routes.getOrDefault(asked.substring(0, end), RpcRoute.UNKNOWN);
        };
    }

    private void events(Settings section) {
        tellsDisconnected = section.flag("disconnected");
        if (section.has("endpoint")) events = endpoint(section);
        else if (tellsDisconnected) section.fault("disconnected", "expected endpoint beside it");
        section.end();
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
        if (events == null) return;
        HttpEvents teller =
                new HttpEvents(events, tellsDisconnected, channel -> told.contains(namespaceOf(channel, names)));
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
}
