package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.JoinLeave;
import dev.openline.hub.Reader;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.SubscribeRequest.Wish;
import dev.openline.protocol.TagsMatcher;
import dev.openline.protocol.Tracking;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client's wishes, the channel's options and the grant's exceptions come to for one subscription.
 *
 * @param tracking what the client is promised about its position
 * @param shown what others learn of it; null for what the channel offers
 * @param reader what its cursor passes on
 * @param delta whether it is sent patches
 */
record Terms(Tracking tracking, @Nullable Set<Feature> shown, Reader reader, boolean delta) {
    static Terms of(SubscribeRequest request, ChannelOptions options, Grant grant, Session session) {
        Permissions permissions = session.permissions();
        boolean delta = !request.delta().isEmpty() && options.has(Feature.DELTA);
        boolean hears = wantsJoins(request, options, grant, permissions);
        Reader.Skip skip = skip(request, options, session.client());
        JoinLeave joinLeave = hears ? JoinLeave.WANTED : JoinLeave.UNWANTED;
        Reader reader = skip == null && !delta
                ? hears ? Reader.EVERYTHING : Reader.PUBLICATIONS
                : new Reader(joinLeave, skip, delta ? Reader.Patches.TAKEN : Reader.Patches.NOT_TAKEN);
        return new Terms(tracking(request, options, grant, permissions), shown(options, grant), reader, delta);
    }

    /** Why the request can't be meant for a channel with these options, or null. */
    static @Nullable ErrorReply refusal(SubscribeRequest request, ChannelOptions options) {
        if (request.filter() == null) return null;
        // A patch needs the publication before, which a filter may have kept back.
        boolean possible = options.has(Feature.TAGS_FILTER) && request.delta().isEmpty();
        return possible && TagsMatcher.fault(request.filter()) == null ? null : ErrorReply.BAD_REQUEST;
    }

    private static Tracking tracking(
            SubscribeRequest request, ChannelOptions options, Grant grant, Permissions permissions) {
        if (!options.logged()) return Tracking.NONE;
        boolean mayRead = permissions.toReadHistory(options, Subscription.State.SUBSCRIBED) == null;
        boolean recoverable = Subscribing.has(options, grant, Feature.FORCE_RECOVERY)
                || (request.wishes().contains(Wish.RECOVERABLE) && (mayRead || options.has(Feature.ALLOW_RECOVERY)));
        if (recoverable) return Tracking.RECOVERABLE;
        boolean positioned = Subscribing.has(options, grant, Feature.FORCE_POSITIONING)
                || (request.wishes().contains(Wish.POSITIONED) && (mayRead || options.has(Feature.ALLOW_POSITIONING)));
        return positioned ? Tracking.POSITIONED : Tracking.NONE;
    }

    private static boolean wantsJoins(
            SubscribeRequest request, ChannelOptions options, Grant grant, Permissions permissions) {
        if (!Subscribing.has(options, grant, Feature.JOIN_LEAVE)) return false;
        if (Subscribing.has(options, grant, Feature.PUSH_JOIN_LEAVE)) return true;
        return request.wishes().contains(Wish.JOIN_LEAVE)
                && permissions.toSeePresence(options, Subscription.State.SUBSCRIBED) == null;
    }

    private static @Nullable Set<Feature> shown(ChannelOptions options, Grant grant) {
        if (grant.overrides().isEmpty()) return null;
        EnumSet<Feature> shown = EnumSet.noneOf(Feature.class);
        if (Subscribing.has(options, grant, Feature.PRESENCE)) shown.add(Feature.PRESENCE);
        if (Subscribing.has(options, grant, Feature.JOIN_LEAVE)) shown.add(Feature.JOIN_LEAVE);
        return shown;
    }

    private static Reader.@Nullable Skip skip(SubscribeRequest request, ChannelOptions options, String client) {
        TagsMatcher wanted = request.filter() == null ? null : TagsMatcher.of(request.filter());
        if (!options.has(Feature.NO_ECHO)) return wanted == null ? null : said -> !wanted.matches(said.tags());
        if (wanted == null) return said -> isBy(client, said);
        return said -> isBy(client, said) || !wanted.matches(said.tags());
    }

    private static boolean isBy(String client, Publication said) {
        return said.info() != null && said.info().client().equals(client);
    }

    /** The position to recover from; null where there is nothing to recover. */
    @Nullable
    StreamPosition recoverFrom(SubscribeRequest request) {
        return tracking == Tracking.RECOVERABLE ? request.recover() : null;
    }

    /** Whether an encoding can say these: JSON can't say what is none. */
    static boolean canSay(List<Publication> publications, Encoding encoding) {
        if (!encoding.isText()) return true;
        for (Publication publication : publications) {
            boolean plain = publication.coding() == Publication.Coding.PLAIN;
            if (plain && !publication.data().isJson()) return false;
        }
        return true;
    }

    /** A page of a recovery as this subscriber is to see it. */
    List<Publication> page(List<Publication> page, Encoding encoding) {
        Reader.Skip skip = reader.skip();
        List<Publication> seen = skip == null
                ? page
                : page.stream().filter(publication -> !skip.skips(publication)).toList();
        return delta ? Deltas.page(seen, encoding) : seen;
    }
}
