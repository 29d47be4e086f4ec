/** Dials, redials, resubscribes, hands cursors back. */
@NullMarked
package dev.openline.client;

import org.jspecify.annotations.NullMarked;
