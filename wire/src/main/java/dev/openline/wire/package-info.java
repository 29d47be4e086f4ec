/** Turns bytes into WebSocket messages and back, for one connection; no socket, thread, clock or random. */
@NullMarked
package dev.openline.wire;

import org.jspecify.annotations.NullMarked;
