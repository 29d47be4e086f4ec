package dev.openline.protocol;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A subscribe request while its members come, in any order. */
final class SubscribeMembers {
    /** Empty if it was not inside: in a connect it is the name that the request is filed under. */
    String channel = "";

    String token = "";
    boolean recover;
    String epoch = "";
    long offset;

    @Nullable
    Payload data;

    String delta = "";

    @Nullable
    TagsFilter filter;

    int type;
    long flags;
    private final Set<Wish> wishes = EnumSet.noneOf(Wish.class);

    void wish(Wish wish, boolean wished) {
        if (wished) wishes.add(wish);
        else wishes.remove(wish);
    }

    /** What came, as a request for {@code channel}. */
    SubscribeRequest to(String channel) {
        StreamPosition position = recover ? new StreamPosition(offset, epoch) : null;
        return new SubscribeRequest(channel, token, position, data, wishes, delta, filter, type, flags);
    }
}
