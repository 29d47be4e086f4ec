package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/** What a request for history says, from a client or over the HTTP API. */
record HistoryMembers(String channel, int limit, @Nullable StreamPosition since, Direction direction) {
    /** Reads the object that is the current value; an absent channel is empty. */
    static HistoryMembers read(JsonInput in) throws MalformedFrame {
        in.enterObject("history");
        ValueDecoder values = new ValueDecoder(in);
        String channel = "";
        int limit = 0;
        StreamPosition since = null;
        Direction direction = Direction.OLDEST_FIRST;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "channel" -> channel = in.string("channel");
                case "limit" -> limit = in.i32("limit");
                case "since" -> since = values.position("since");
                case "reverse" -> direction = in.bool("reverse") ? Direction.NEWEST_FIRST : Direction.OLDEST_FIRST;
                default -> in.skip();
            }
        }
        return new HistoryMembers(channel, limit, since, direction);
    }
}
