/** Channels as logs, subscriptions as cursors, presence; pure and single-writer. */
@NullMarked
package dev.openline.hub;

import org.jspecify.annotations.NullMarked;
