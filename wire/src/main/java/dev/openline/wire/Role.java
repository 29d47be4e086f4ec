package dev.openline.wire;

/** Which end of a connection this is: the one that dialled or the one that was dialled (RFC 6455 §1.2). */
public enum Role {
    /** Dialled. Masks every frame it sends and refuses masked ones (RFC 6455 §5.1). */
    CLIENT,
    /** Was dialled. Never masks and refuses frames that are not masked (RFC 6455 §5.1). */
    SERVER;

    /** The other end. */
    public Role peer() {
        return this == CLIENT ? SERVER : CLIENT;
    }
}
