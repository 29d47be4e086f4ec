package dev.openline.net;

import dev.openline.wire.DeflateParameters;
import dev.openline.wire.FrameTap;
import dev.openline.wire.Role;
import org.jspecify.annotations.Nullable;

/** Which side a line is, its options, and what was agreed in the handshake: the same for most lines of a server, which then share it. */
record LineTerms(
        Role role,
        LineOptions options,
        @Nullable String subprotocol,
        @Nullable DeflateParameters deflate,
        @Nullable FrameTap tap) {}
