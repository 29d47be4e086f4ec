package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.SubscribeRequest;
import java.util.Arrays;
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

    private static final char PRIVATE_PREFIX = '$';
    private static final char USER_BOUNDARY = '#';

    private final Policy policy;
    private final String user;

    Permissions(Policy policy, String user) {
        this.policy = policy;
        this.user = user;
    }

    @Nullable
    ErrorReply toSubscribe(SubscribeRequest request, @Nullable ChannelOptions options) {
        String channel = request.channel();
        if (!ChannelRules.validName(channel)) return ErrorReply.BAD_REQUEST;
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (request.filter() != null) return ErrorReply.BAD_REQUEST;
        // Map and shared-poll subscriptions, which no namespace here offers.
        if (request.type() != 0) return ErrorReply.PERMISSION_DENIED;
        // Tokens of channels can't be verified yet, so nobody has a valid one.
        if (!request.token().isEmpty() || channel.charAt(0) == PRIVATE_PREFIX) return ErrorReply.PERMISSION_DENIED;
        int boundary = channel.lastIndexOf(USER_BOUNDARY);
        if (boundary >= 0) {
            boolean listed = options.has(Feature.USER_LIMITED)
                    && !user.isEmpty()
                    && Arrays.asList(channel.substring(boundary + 1).split(",")).contains(user);
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
