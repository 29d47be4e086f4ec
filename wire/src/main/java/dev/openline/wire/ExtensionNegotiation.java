package dev.openline.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a server chooses among the extensions a client offers (RFC 6455 §9.1). */
public interface ExtensionNegotiation {
    /** Declines everything. */
    ExtensionNegotiation NONE = offers -> Agreement.NOTHING;

    /** Accepts the first offer of permessage-deflate that keeps its rules (RFC 7692), and declines everything else. */
    static ExtensionNegotiation deflate(DeflateOptions options) {
        return new DeflateNegotiation(options);
    }

    /** Chooses; the offers come in the client's order of preference. */
    Agreement choose(List<Extension> offers);

    /**
     * What was agreed.
     *
     * @param extensions as they go into the answer, in the order they are applied
     * @param reserved the bits they own
     * @param deflate what permessage-deflate was agreed on with, or null without it
     */
    record Agreement(
            List<Extension> extensions,
            ReservedBits reserved,
            @Nullable DeflateParameters deflate) {
        /** No extension. */
        public static final Agreement NOTHING = new Agreement(List.of(), ReservedBits.NONE);

        public Agreement {
            extensions = List.copyOf(extensions);
        }

        /** Without permessage-deflate. */
        public Agreement(List<Extension> extensions, ReservedBits reserved) {
            this(extensions, reserved, null);
        }
    }
}
