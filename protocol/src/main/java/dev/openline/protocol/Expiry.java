package dev.openline.protocol;

/**
 * When a connection or subscription ends unless the client refreshes it.
 *
 * @param ttlSeconds whole seconds left, 0 to 4294967295
 */
public record Expiry(long ttlSeconds) {
    public Expiry {
        Numbers.requireU32("ttlSeconds", ttlSeconds);
    }
}
