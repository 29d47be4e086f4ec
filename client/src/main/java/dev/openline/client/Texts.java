package dev.openline.client;

import java.nio.charset.StandardCharsets;

/** Checks what callers hand over while it is still clear whose fault it is. */
final class Texts {
    private Texts() {}

    /** @throws IllegalArgumentException if UTF-8 can't spell {@code text}, because it holds half a character */
    static String require(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + " holds half a character");
        }
        return text;
    }

    /** @throws IllegalArgumentException if {@code channel} is empty, or as {@link #require} */
    static String requireChannel(String channel) {
        if (channel.isEmpty()) throw new IllegalArgumentException("a channel has no name");
        return require("a channel's name", channel);
    }
}
