package dev.openline.store.redis;

import dev.openline.hub.ChannelOptions;
import java.nio.charset.StandardCharsets;

/**
 * The names under which a channel is kept in Redis. All begin with the channel in braces, so that it is on one server of a cluster; a channel that a pattern
 * channel gathers is where that is, so that one script says a thing on both:
 *
 * <pre>
 * PREFIX:m:CHANNEL          hash: epoch, offset, …
 * PREFIX:r:CHANNEL          without a log: hash of how much of the rate is used up
 * PREFIX:l:CHANNEL          list of publications, oldest first
 * PREFIX:o:CHANNEL          in mode LATEST with keys: sorted set of keys, by offset
 * PREFIX:k:CHANNEL          in mode LATEST with keys: hash of the newest publication of each
 * PREFIX:i:CHANNEL:KEY      what an idempotency key stands for
 * PREFIX:p:CHANNEL          hash: who is there
 * PREFIX:x:CHANNEL          sorted set: until when
 * PREFIX:u:CHANNEL          hash: how many connections each user has there
 * PREFIX:n:CHANNEL          the sharded channel on which all this is told
 *
 * CHANNEL                   {name}, or {pattern}{name}
 * </pre>
 *
 * @param channel as it stands in them
 */
record Keys(String prefix, String channel) {
    static Keys of(String prefix, String name) {
        return new Keys(prefix, inBraces(name));
    }

    /** Of a channel that {@code pattern} gathers. */
    static Keys of(String prefix, String name, String pattern) {
        return new Keys(prefix, inBraces(pattern) + inBraces(name));
    }

    /** Not of a channel. */
    static byte[] revocations(String prefix) {
        return RedisStore.bytes(prefix + ":revocations");
    }

    /** Braces end where they please; a channel's name is never without another character, so they are never empty. */
    private static String inBraces(String name) {
        if (name.indexOf('}') >= 0 || name.indexOf('%') >= 0)
            name = name.replace("%", "%25").replace("}", "%7D");
        return '{' + name + '}';
    }

    private byte[] key(char kind) {
        return (prefix + ':' + kind + ':' + channel).getBytes(StandardCharsets.UTF_8);
    }

    byte[] meta() {
        return key('m');
    }

    /** Of a channel without a log: how much of its rate is used up. */
    byte[] rate() {
        return key('r');
    }

    /** All that a log is made of: {@link #meta} comes first. */
    byte[][] log(ChannelOptions options) {
        return options.keyed() ? new byte[][] {meta(), key('o'), key('k')} : new byte[][] {meta(), key('l')};
    }

    byte[] once(String idempotencyKey) {
        return (prefix + ":i:" + channel + ':' + idempotencyKey).getBytes(StandardCharsets.UTF_8);
    }

    byte[][] roll() {
        return new byte[][] {key('p'), key('x'), key('u')};
    }

    byte[] news() {
        return key('n');
    }
}
