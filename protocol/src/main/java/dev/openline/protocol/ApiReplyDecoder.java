package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the reply to one call as {@link ApiEncoder} writes it: one object with a result or an error, and not with both. */
final class ApiReplyDecoder {
    private final JsonInput in;
    private final ValueDecoder values;

    private ApiReplyDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    /** What reads a result. */
    interface Reading<R> {
        R by(ApiReplyDecoder decoder) throws MalformedFrame;
    }

    static <R extends ApiResult> ApiReply<R> reply(ByteBuffer body, Reading<R> reading) throws MalformedFrame {
        return ApiDecoder.whole(body, in -> new ApiReplyDecoder(in).reply(reading));
    }

    private <R extends ApiResult> ApiReply<R> reply(Reading<R> reading) throws MalformedFrame {
        in.enterObject("reply");
        R result = null;
        ErrorReply error = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "result" -> result = reading.by(this);
                case "error" -> error = error();
                default -> in.skip();
            }
        }
        if (result != null && error == null) return new ApiReply.Done<>(result);
        if (error != null && result == null) return new ApiReply.Failed<>(error);
        throw new MalformedFrame("a reply that is not one of a result and an error");
    }

    /** The API does not say what is temporary; of the protocol's own errors, these two always are. */
    private ErrorReply error() throws MalformedFrame {
        ErrorReply said = values.error("error");
        boolean temporary =
                said.code() == ErrorReply.INTERNAL.code() || said.code() == ErrorReply.TOO_MANY_REQUESTS.code();
        return new ErrorReply(said.code(), said.message(), temporary);
    }

    ApiResult.Nothing nothing() throws MalformedFrame {
        values.nothing("result");
        return new ApiResult.Nothing();
    }

    ApiResult.Channels channels() throws MalformedFrame {
        in.enterObject("result");
        Map<String, Integer> clients = Map.of();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("channels")) clients = clientsByChannel();
            else in.skip();
        }
        return new ApiResult.Channels(clients);
    }

    private Map<String, Integer> clientsByChannel() throws MalformedFrame {
        in.enterObject("channels");
        Map<String, Integer> clients = new LinkedHashMap<>();
        for (String channel = in.nextMember(); channel != null; channel = in.nextMember())
            clients.put(channel, numClients());
        return clients;
    }

    private int numClients() throws MalformedFrame {
        in.enterObject("channel");
        int clients = 0;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("num_clients")) clients = in.u31("num_clients");
            else in.skip();
        }
        return clients;
    }

    ApiResult.Info info() throws MalformedFrame {
        in.enterObject("result");
        List<ApiResult.Node> nodes = List.of();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("nodes")) nodes = list("nodes", this::node);
            else in.skip();
        }
        return new ApiResult.Info(nodes);
    }

    private ApiResult.Node node() throws MalformedFrame {
        in.enterObject("node");
        String uid = "";
        String name = "";
        String version = "";
        int clients = 0;
        int users = 0;
        int subscriptions = 0;
        int channels = 0;
        long uptimeSeconds = 0;
        SortedMap<String, Long> metrics = new TreeMap<>();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "uid" -> uid = in.string("uid");
                case "name" -> name = in.string("name");
                case "version" -> version = in.string("version");
                case "num_clients" -> clients = in.u31("num_clients");
                case "num_users" -> users = in.u31("num_users");
                case "num_subs" -> subscriptions = in.u31("num_subs");
                case "num_channels" -> channels = in.u31("num_channels");
                case "uptime" -> uptimeSeconds = in.u63("uptime");
                case "metrics" -> metrics = metrics();
                default -> in.skip();
            }
        }
        return new ApiResult.Node(uid, name, version, clients, users, subscriptions, channels, uptimeSeconds, metrics);
    }

    private SortedMap<String, Long> metrics() throws MalformedFrame {
        in.enterObject("metrics");
        SortedMap<String, Long> metrics = new TreeMap<>();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("items")) metrics = items();
            else in.skip();
        }
        return metrics;
    }

    private SortedMap<String, Long> items() throws MalformedFrame {
        in.enterObject("items");
        SortedMap<String, Long> items = new TreeMap<>();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) items.put(name, in.i64("items"));
        return items;
    }

    ApiResult.Connections connections() throws MalformedFrame {
        in.enterObject("result");
        List<ApiResult.Connection> connections = List.of();
        String cursor = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "connections" -> connections = list("connections", this::connection);
                case "cursor" -> cursor = in.string("cursor");
                default -> in.skip();
            }
        }
        return new ApiResult.Connections(connections, cursor);
    }

    private ApiResult.Connection connection() throws MalformedFrame {
        in.enterObject("connection");
        String client = "";
        String user = "";
        String transport = "";
        String name = "";
        String version = "";
        int channels = 0;
        long connectedAt = 0;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "client" -> client = in.string("client");
                case "user" -> user = in.string("user");
                case "transport" -> transport = in.string("transport");
                case "name" -> name = in.string("name");
                case "version" -> version = in.string("version");
                case "num_channels" -> channels = in.u31("num_channels");
                case "connected_at" -> connectedAt = in.u63("connected_at");
                default -> in.skip();
            }
        }
        return new ApiResult.Connection(client, user, transport, name, version, channels, connectedAt);
    }

    private interface Element<T> {
        T read() throws MalformedFrame;
    }

    private <T> List<T> list(String what, Element<T> element) throws MalformedFrame {
        in.enterArray(what);
        List<T> list = new ArrayList<>();
        while (in.nextElement()) list.add(element.read());
        return list;
    }
}
