package dev.openline.store.disk;

import java.time.Duration;

/**
 * How long a channel is kept that nobody uses.
 *
 * @param historyTtl its publications, each from when it was said
 * @param metaTtl its offset and epoch, from when it was last used
 */
public record Retention(Duration historyTtl, Duration metaTtl) {}
