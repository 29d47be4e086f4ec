package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.protocol.ErrorReply;
import org.jspecify.annotations.Nullable;

/** What a user may do on a channel; every answer is null for "may", or the error that says why not. */
final class Permissions {
    /** Whether all is allowed that nothing forbids. */
    enum Policy {
        BY_CHANNEL,
        INSECURE
    }

    /** The three permissions of one kind of access. */
    private enum Access {
        PUBLISH(Permission.PUBLISH_FOR_CLIENT, Permission.PUBLISH_FOR_SUBSCRIBER, Permission.PUBLISH_FOR_ANONYMOUS),
        HISTORY(Permission.HISTORY_FOR_CLIENT, Permission.HISTORY_FOR_SUBSCRIBER, Permission.HISTORY_FOR_ANONYMOUS),
        PRESENCE(Permission.PRESENCE_FOR_CLIENT, Permission.PRESENCE_FOR_SUBSCRIBER, Permission.PRESENCE_FOR_ANONYMOUS);

        private final Permission client;
        private final Permission subscriber;
        private final Permission anonymous;

        Access(Permission client, Permission subscriber, Permission anonymous) {
            this.client = client;
            this.subscriber = subscriber;
            this.anonymous = anonymous;
        }
    }

    private final Policy policy;
    private final String user;
    private final ChannelRules rules;

    Permissions(Policy policy, String user, ChannelRules rules) {
        this.policy = policy;
        this.user = user;
        this.rules = rules;
    }

    /** Why there can't be a channel of this name, or null. */
    @Nullable
    ErrorReply refusalOfName(String channel, @Nullable ChannelOptions options) {
        if (!rules.names().validName(channel)) return ErrorReply.BAD_REQUEST;
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        return rules.allowsName(channel, options) ? null : ErrorReply.BAD_REQUEST;
    }

    /** Whether the name itself says who may subscribe: only with a token, or only those it lists. */
    boolean isDecidedByName(String channel) {
        return rules.names().isPrivate(channel) || rules.names().isUserLimited(channel);
    }

    /** Without a token, and where no hook has decided. */
    @Nullable
    ErrorReply toSubscribe(String channel, @Nullable ChannelOptions options) {
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (rules.names().isPrivate(channel)) return ErrorReply.PERMISSION_DENIED;
        if (rules.names().isUserLimited(channel)) {
            boolean listed = options.has(Feature.USER_LIMITED)
                    && !user.isEmpty()
                    && rules.names().users(channel).contains(user);
            return listed ? null : ErrorReply.PERMISSION_DENIED;
        }
        boolean allowed = policy == Policy.INSECURE
                || (options.allows(Permission.SUBSCRIBE_FOR_CLIENT) && !user.isEmpty())
                || options.allows(Permission.SUBSCRIBE_FOR_ANONYMOUS);
        return allowed ? null : ErrorReply.PERMISSION_DENIED;
    }

    @Nullable
    ErrorReply toPublish(@Nullable ChannelOptions options, Subscription.State state) {
        return to(Access.PUBLISH, options, state);
    }

    @Nullable
    ErrorReply toReadHistory(@Nullable ChannelOptions options, Subscription.State state) {
        return to(Access.HISTORY, options, state);
    }

    @Nullable
    ErrorReply toSeePresence(@Nullable ChannelOptions options, Subscription.State state) {
        return to(Access.PRESENCE, options, state);
    }

    private @Nullable ErrorReply to(Access access, @Nullable ChannelOptions options, Subscription.State state) {
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        boolean namedOrAnonymousAllowed = !user.isEmpty() || options.allows(access.anonymous);
        boolean allowed = policy == Policy.INSECURE
                || (options.allows(access.client) && namedOrAnonymousAllowed)
                || (options.allows(access.subscriber)
                        && state == Subscription.State.SUBSCRIBED
                        && namedOrAnonymousAllowed);
        return allowed ? null : ErrorReply.PERMISSION_DENIED;
    }
}
