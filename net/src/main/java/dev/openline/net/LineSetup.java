package dev.openline.net;

import dev.openline.wire.DeflateOptions;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.Role;
import dev.openline.wire.Wire;
import org.jspecify.annotations.Nullable;

/** What a line knows when it is born: what it agreed on, who listens, and the request that opened it. */
record LineSetup(LineTerms terms, WebSocketHandler handler, HttpRequest request) {
    Role role() {
        return terms.role();
    }

    LineOptions options() {
        return terms.options();
    }

    @Nullable
    String subprotocol() {
        return terms.subprotocol();
    }

    @Nullable
    DeflateParameters deflate() {
        return terms.deflate();
    }

    /** On the line's loop: a client's mask keys are those of its thread. */
    Wire newWire(long nowNanos) {
        LineOptions options = options();
        Wire wire =
                new Wire(role(), options.limits(), options.timing(), perMessageDeflate(), MaskKeys.here(), nowNanos);
        wire.memory(options.unfinished().memory());
        wire.tap(terms.tap());
        return wire;
    }

    private @Nullable PerMessageDeflate perMessageDeflate() {
        DeflateOptions wanted = options().deflate();
        DeflateParameters deflate = deflate();
        return deflate == null || wanted == null
                ? null
                : new PerMessageDeflate(role(), deflate, wanted, LoopCodecs.here());
    }
}
