/** Carries bytes: listens, dials, upgrades, heartbeat, backpressure. */
@NullMarked
package dev.openline.net;

import org.jspecify.annotations.NullMarked;
