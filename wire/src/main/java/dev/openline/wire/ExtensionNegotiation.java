package dev.openline.wire;

import java.util.List;

/** How a server chooses among the extensions a client offers (RFC 6455 §9.1). None is implemented yet. */
public interface ExtensionNegotiation {
    /** Declines everything. */
    ExtensionNegotiation NONE = offers -> Agreement.NOTHING;

    /** Chooses; the offers come in the client's order of preference. */
    Agreement choose(List<Extension> offers);

    /**
     * What was agreed.
     *
     * @param extensions as they go into the answer, in the order they are applied
     * @param reserved the bits they own
     */
    record Agreement(List<Extension> extensions, ReservedBits reserved) {
        /** No extension. */
        public static final Agreement NOTHING = new Agreement(List.of(), ReservedBits.NONE);

        public Agreement {
            extensions = List.copyOf(extensions);
        }
    }
}
