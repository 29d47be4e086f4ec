/** Joins lines to the hub: sessions, fan-out, HTTP API; the embeddable OpenlineServer. */
@NullMarked
package dev.openline.server;

import org.jspecify.annotations.NullMarked;
