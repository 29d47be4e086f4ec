package dev.openline.protocol;

/** The ranges of the protocol's numbers. */
final class Numbers {
    static final long MAX_U32 = 0xFFFF_FFFFL;

    private Numbers() {}

    static void requireU32(String name, long value) {
        if (value < 0 || value > MAX_U32)
            throw new IllegalArgumentException(name + " " + value + " is not in 0–4294967295");
    }

    static void requireId(long id) {
        if (id < 1 || id > MAX_U32) throw new IllegalArgumentException("command id " + id + " is not in 1–4294967295");
    }

    static void requireChannel(String channel) {
        if (channel.isEmpty()) throw new IllegalArgumentException("an empty channel name");
    }
}
