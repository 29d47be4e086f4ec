/**
 * Verifies the tokens (JWT) of the Centrifuge protocol that tell who connects and who may subscribe, and remembers which of them were
 * revoked.
 */
@NullMarked
package dev.openline.tokens;

import org.jspecify.annotations.NullMarked;
