package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of one call: one object. Members of the same name have the same type in all methods, so one table reads them all;
 * a member that is none of the method's is stepped over, whatever it is.
 */
final class ApiDecoder {
    private static final byte[] NOTHING = {};

    private final JsonInput in;
    private final ValueDecoder values;

    private String channel = "";
    private List<String> channels = List.of();
    private String pattern = "";
    private @Nullable String user;
    private String client = "";
    private String session = "";
    private @Nullable Payload data;
    private @Nullable Payload b64data;
    private @Nullable Payload info;
    private @Nullable Payload b64info;
    private Map<String, String> tags = Map.of();
    private String idempotencyKey = "";
    private ApiMessage.Logging logging = ApiMessage.Logging.LOGGED;
    private ApiMessage.Delta delta = ApiMessage.Delta.AS_THE_NAMESPACE_SAYS;
    private long version;
    private String versionEpoch = "";
    private @Nullable StreamPosition since;
    private @Nullable StreamPosition recoverSince;
    private int limit;
    private Direction direction = Direction.OLDEST_FIRST;
    private String cursor = "";
    private long expireAt;
    private long issuedBefore;
    private ApiCall.Lifetime lifetime = ApiCall.Lifetime.GOES_ON;
    private Map<ApiCall.Overridable, Boolean> override = Map.of();
    private List<String> whitelist = List.of();
    private Unsubscribed disconnect = new Unsubscribed(0, "");
    private String uid = "";
    private List<ApiCall> commands = List.of();
    private ApiCall.Order order = ApiCall.Order.ONE_AFTER_THE_OTHER;
    private String rpcMethod = "";
    private @Nullable Payload params;

    private ApiDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    /** The call whose parameters are all that is in {@code body}. */
    static ApiCall call(ApiMethod method, ByteBuffer body) throws MalformedFrame {
        return whole(body, in -> call(method, in));
    }

    /**
     * The commands of the legacy endpoint: values one after the other, each on a line of its own. A method that is not known is a call of
     * it by {@code rpc}.
     */
    static List<ApiCall> lines(ByteBuffer body) throws MalformedFrame {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        List<ApiCall> calls = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int to = from;
            while (to < bytes.length && bytes[to] != '\n') to++;
            if (!isBlank(bytes, from, to)) calls.add(whole(bytes, from, to, ApiDecoder::legacy));
            from = to + 1;
        }
        if (calls.isEmpty()) throw new MalformedFrame("empty message");
        return calls;
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') return false;
        return true;
    }

    /** What reads the one value there is. */
    interface Reading<T> {
        T from(JsonInput in) throws MalformedFrame;
    }

    /** The value that is all that remains in {@code body}, whose position stays where it is. */
    static <T> T whole(ByteBuffer body, Reading<T> reading) throws MalformedFrame {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return whole(bytes, 0, bytes.length, reading);
    }

    private static <T> T whole(byte[] bytes, int from, int to, Reading<T> reading) throws MalformedFrame {
        try (JsonInput in = JsonInput.of(bytes, from, to)) {
            in.begin();
            T value = reading.from(in);
            in.end();
            return value;
        }
    }

    /** The parameters may stand before the name that says how to read them. */
    private static ApiCall legacy(JsonInput in) throws MalformedFrame {
        in.enterObject("command");
        String name = "";
        Payload params = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "method" -> name = in.string("method");
                case "params" -> params = in.payload();
                default -> in.skip();
            }
        }
        ApiMethod method = ApiMethod.named(name);
        if (method == null) return new ApiCall.Rpc(name, params);
        return call(method, (params == null ? Payload.of("{}") : params).buffer());
    }

    private static ApiCall call(ApiMethod method, JsonInput in) throws MalformedFrame {
        ApiDecoder decoder = new ApiDecoder(in);
        in.enterObject(method.methodName());
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (!method.members().contains(member)) in.skip();
            else if (!decoder.text(member) && !decoder.ofMessage(member)) decoder.other(member);
        }
        return decoder.made(method);
    }

    private boolean text(String member) throws MalformedFrame {
        switch (member) {
            case "channel" -> channel = in.string(member);
            case "pattern" -> pattern = in.string(member);
            case "user" -> user = in.string(member);
            case "client" -> client = in.string(member);
            case "session" -> session = in.string(member);
            case "idempotency_key" -> idempotencyKey = in.string(member);
            case "version_epoch" -> versionEpoch = in.string(member);
            case "cursor" -> cursor = in.string(member);
            case "uid" -> uid = in.string(member);
            case "method" -> rpcMethod = in.string(member);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean ofMessage(String member) throws MalformedFrame {
        switch (member) {
            case "data" -> data = in.payload();
            case "b64data" -> b64data = decoded(member);
            case "info" -> info = in.payload();
            case "b64info" -> b64info = decoded(member);
            case "params" -> params = in.payload();
            case "tags" -> tags = in.strings(member);
            case "skip_history" -> logging = in.bool(member) ? ApiMessage.Logging.UNLOGGED : ApiMessage.Logging.LOGGED;
            case "delta" -> delta = in.bool(member) ? ApiMessage.Delta.ALLOWED : ApiMessage.Delta.AS_THE_NAMESPACE_SAYS;
            case "version" -> version = in.u63(member);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void other(String member) throws MalformedFrame {
        switch (member) {
            case "channels" -> channels = in.stringList(member);
            case "whitelist" -> whitelist = in.stringList(member);
            case "since" -> since = values.position(member);
            case "recover_since" -> recoverSince = values.position(member);
            case "limit" -> limit = in.i32(member);
            case "reverse" -> direction = in.bool(member) ? Direction.NEWEST_FIRST : Direction.OLDEST_FIRST;
            case "expire_at" -> expireAt = in.u63(member);
            case "issued_before" -> issuedBefore = in.u63(member);
            case "expired" -> lifetime = in.bool(member) ? ApiCall.Lifetime.IS_OVER : ApiCall.Lifetime.GOES_ON;
            case "override" -> override = override();
            // A code and a reason; not a Disconnect, whose range is for the answer to say.
            case "disconnect" -> disconnect = values.coded(member, Unsubscribed::new);
            case "commands" -> commands = commands();
            case "parallel" -> order = in.bool(member) ? ApiCall.Order.AT_ONCE : ApiCall.Order.ONE_AFTER_THE_OTHER;
            default -> throw new AssertionError("a member that nothing reads: " + member);
        }
    }

    private Payload decoded(String member) throws MalformedFrame {
        try {
            return Payload.wrap(Base64.getDecoder().decode(in.string(member)));
        } catch (IllegalArgumentException e) {
            throw new MalformedFrame(member + " is not base64");
        }
    }

    /** Each as an object with a value, of which only false can be left out. */
    private Map<ApiCall.Overridable, Boolean> override() throws MalformedFrame {
        in.enterObject("override");
        Map<ApiCall.Overridable, Boolean> map = new EnumMap<>(ApiCall.Overridable.class);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            ApiCall.Overridable overridden = switch (member) {
                case "presence" -> ApiCall.Overridable.PRESENCE;
                case "join_leave" -> ApiCall.Overridable.JOIN_LEAVE;
                case "force_recovery" -> ApiCall.Overridable.FORCE_RECOVERY;
                case "force_positioning" -> ApiCall.Overridable.FORCE_POSITIONING;
                case "force_push_join_leave" -> ApiCall.Overridable.FORCE_PUSH_JOIN_LEAVE;
                default -> null;
            };
            if (overridden == null) in.skip();
            else map.put(overridden, value(member));
        }
        return map;
    }

    private boolean value(String what) throws MalformedFrame {
        in.enterObject(what);
        boolean value = false;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("value")) value = in.bool(what);
            else in.skip();
        }
        return value;
    }

    private List<ApiCall> commands() throws MalformedFrame {
        in.enterArray("commands");
        List<ApiCall> list = new ArrayList<>();
        while (in.nextElement()) list.add(command());
        return list;
    }

    /** Named by its only member that is a method's name; one without is a call of nothing. */
    private ApiCall command() throws MalformedFrame {
        in.enterObject("command");
        ApiCall command = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            ApiMethod method = ApiMethod.named(member);
            if (method == null || method == ApiMethod.BATCH) {
                in.skip();
                continue;
            }
            if (command != null) throw new MalformedFrame("a command with two bodies");
            command = call(method, in);
        }
        return command == null ? new ApiCall.Rpc("", null) : command;
    }

    private ApiCall made(ApiMethod method) {
        return switch (method) {
            case PUBLISH -> new ApiCall.Publish(channel, message());
            case BROADCAST -> new ApiCall.Broadcast(channels, message());
            case SUBSCRIBE ->
                new ApiCall.Subscribe(
                        target(),
                        channel,
                        b64info == null ? info : b64info,
                        b64data == null ? data : b64data,
                        recoverSince,
                        expireAt,
                        override);
            case UNSUBSCRIBE -> new ApiCall.Unsubscribe(target(), channel);
            case DISCONNECT -> new ApiCall.Disconnect(target(), whitelist, disconnect.code(), disconnect.reason());
            case REFRESH -> new ApiCall.Refresh(target(), lifetime, expireAt, b64info == null ? info : b64info);
            case PRESENCE -> new ApiCall.Presence(channel);
            case PRESENCE_STATS -> new ApiCall.PresenceStats(channel);
            case HISTORY -> new ApiCall.History(channel, limit, since, direction);
            case HISTORY_REMOVE -> new ApiCall.HistoryRemove(channel);
            case CHANNELS -> new ApiCall.Channels(pattern);
            case INFO -> new ApiCall.Info();
            case CONNECTIONS -> new ApiCall.Connections(user, pattern, limit, cursor);
            case REVOKE_TOKEN -> new ApiCall.RevokeToken(uid, expireAt);
            case INVALIDATE_USER_TOKENS -> new ApiCall.InvalidateUserTokens(userId(), issuedBefore, expireAt);
            case BATCH -> new ApiCall.Batch(commands, order);
            case RPC -> new ApiCall.Rpc(rpcMethod, params);
        };
    }

    private String userId() {
        return user == null ? "" : user;
    }

    private ApiCall.Target target() {
        return new ApiCall.Target(userId(), client, session);
    }

    private ApiMessage message() {
        Payload json = data == null ? Payload.wrap(NOTHING) : data;
        return new ApiMessage(
                b64data == null ? json : b64data,
                tags,
                idempotencyKey,
                logging,
                delta,
                version == 0 ? null : new ApiMessage.Version(version, versionEpoch));
    }
}
