package dev.openline.protocol;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods of the server's HTTP API: their names in paths, and the members that each one's parameters may have. */
public enum ApiMethod {
    PUBLISH(ApiCall.Publish.class, "publish", "channel", Members.MESSAGE),
    BROADCAST(ApiCall.Broadcast.class, "broadcast", "channels", Members.MESSAGE),
    SUBSCRIBE(
            ApiCall.Subscribe.class,
            "subscribe",
            "channel",
            Members.TARGET + " info b64info data b64data recover_since expire_at override"),
    UNSUBSCRIBE(ApiCall.Unsubscribe.class, "unsubscribe", "channel", Members.TARGET),
    DISCONNECT(ApiCall.Disconnect.class, "disconnect", Members.TARGET, "whitelist disconnect"),
    REFRESH(ApiCall.Refresh.class, "refresh", Members.TARGET, "expired expire_at info b64info"),
    PRESENCE(ApiCall.Presence.class, "presence", "channel", ""),
    PRESENCE_STATS(ApiCall.PresenceStats.class, "presence_stats", "channel", ""),
    HISTORY(ApiCall.History.class, "history", "channel", "limit since reverse"),
    HISTORY_REMOVE(ApiCall.HistoryRemove.class, "history_remove", "channel", ""),
    CHANNELS(ApiCall.Channels.class, "channels", "pattern", ""),
    INFO(ApiCall.Info.class, "info", "", ""),
    CONNECTIONS(ApiCall.Connections.class, "connections", "user", "pattern limit cursor"),
    REVOKE_TOKEN(ApiCall.RevokeToken.class, "revoke_token", "uid", "expire_at"),
    INVALIDATE_USER_TOKENS(
            ApiCall.InvalidateUserTokens.class, "invalidate_user_tokens", "user", "issued_before expire_at"),
    BATCH(ApiCall.Batch.class, "batch", "commands", "parallel"),
    RPC(ApiCall.Rpc.class, "rpc", "method", "params");

    private static final Map<String, ApiMethod> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ApiMethod::methodName, Function.identity()));
    private static final Map<Class<?>, ApiMethod> BY_CALL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(method -> method.call, Function.identity()));

    private final Class<? extends ApiCall> call;
    private final String methodName;
    private final Set<String> members;

    ApiMethod(Class<? extends ApiCall> call, String methodName, String first, String others) {
        this.call = call;
        this.methodName = methodName;
        Set<String> names = new LinkedHashSet<>(Arrays.asList((first + " " + others).split(" ")));
        names.remove("");
        this.members = Collections.unmodifiableSet(names);
    }

    /** The method that a path, a legacy command or a command of a batch names; null if there is none of this name. */
    public static @Nullable ApiMethod named(String name) {
        return BY_NAME.get(name);
    }

    /** The method that is called. */
    public static ApiMethod of(ApiCall call) {
        ApiMethod method = BY_CALL.get(call.getClass());
        if (method == null) throw new AssertionError("no method for " + call.getClass());
        return method;
    }

    /** Its name in the API, such as {@code presence_stats}. */
    public String methodName() {
        return methodName;
    }

    /** The members that are read of its parameters; others are ignored. */
    public Set<String> members() {
        return members;
    }

    /** Members that several methods have. */
    private static final class Members {
        static final String MESSAGE = "data b64data skip_history tags idempotency_key delta version version_epoch";
        static final String TARGET = "user client session";

        private Members() {}
    }
}
