package dev.openline.net;

import dev.openline.wire.DeflateOptions;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.FrameTap;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.Role;
import dev.openline.wire.Wire;
import org.jspecify.annotations.Nullable;

/** What a line knows when it is born: which side it is, what was agreed in the handshake, and who listens. */
record LineSetup(
        Role role,
        LineOptions options,
        WebSocketHandler handler,
        HttpRequest request,
        @Nullable String subprotocol,
        @Nullable DeflateParameters deflate,
        @Nullable FrameTap tap) {
    /** On the line's loop: a client's mask keys are those of its thread. */
    Wire newWire(long nowNanos) {
        Wire wire = new Wire(role, options.limits(), options.timing(), perMessageDeflate(), MaskKeys.here(), nowNanos);
        wire.memory(options.unfinished().memory());
        wire.tap(tap);
        return wire;
    }

    private @Nullable PerMessageDeflate perMessageDeflate() {
        DeflateOptions wanted = options.deflate();
        return deflate == null || wanted == null
                ? null
                : new PerMessageDeflate(role, deflate, wanted, LoopCodecs.here());
    }
}
