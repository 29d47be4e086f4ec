package dev.openline.store.redis;

import java.nio.charset.StandardCharsets;

/**
 * The names of what is kept in Redis. All that belongs to a channel has the channel's name in braces, so that it is on one server of a cluster.
 *
 * <pre>
 * PREFIX:m:{channel}          hash: epoch, offset, …
 * PREFIX:r:{channel}          without a log: hash of how much of the rate is used up
 * PREFIX:l:{channel}          list of publications, oldest first
 * PREFIX:o:{channel}          in mode LATEST with keys: sorted set of keys, by offset
 * PREFIX:k:{channel}          in mode LATEST with keys: hash of the newest publication of each
 * PREFIX:i:{channel}:KEY      what an idempotency key stands for
 * PREFIX:p:{channel}          hash: who is there
 * PREFIX:x:{channel}          sorted set: until when
 * PREFIX:u:{channel}          hash: how many connections each user has there
 * PREFIX:n:{channel}          the sharded channel on which all this is told
 * </pre>
 */
final class Keys {
    private final String prefix;

    Keys(String prefix) {
        this.prefix = prefix;
    }

    private byte[] key(char kind, String channel) {
        return (prefix + ':' + kind + ":{" + tag(channel) + '}').getBytes(StandardCharsets.UTF_8);
    }

    /** Braces end a tag where they please; a channel's name is never without another character, so a tag is never empty. */
    private static String tag(String channel) {
        if (channel.indexOf('}') < 0 && channel.indexOf('%') < 0) return channel;
        return channel.replace("%", "%25").replace("}", "%7D");
    }

    byte[] meta(String channel) {
        return key('m', channel);
    }

    /** Of a channel without a log: how much of its rate is used up. */
    byte[] rate(String channel) {
        return key('r', channel);
    }

    byte[] log(String channel) {
        return key('l', channel);
    }

    byte[] order(String channel) {
        return key('o', channel);
    }

    byte[] newest(String channel) {
        return key('k', channel);
    }

    byte[] once(String channel, String idempotencyKey) {
        return (prefix + ":i:{" + tag(channel) + "}:" + idempotencyKey).getBytes(StandardCharsets.UTF_8);
    }

    byte[][] roll(String channel) {
        return new byte[][] {key('p', channel), key('x', channel), key('u', channel)};
    }

    byte[] news(String channel) {
        return key('n', channel);
    }

    /** Not of a channel. */
    byte[] revocations() {
        return (prefix + ":revocations").getBytes(StandardCharsets.UTF_8);
    }
}
