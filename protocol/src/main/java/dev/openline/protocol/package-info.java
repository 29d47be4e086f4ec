/** Spells commands, replies and pushes of the Centrifuge client protocol in JSON. */
@NullMarked
package dev.openline.protocol;

import org.jspecify.annotations.NullMarked;
