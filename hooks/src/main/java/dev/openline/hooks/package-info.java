/**
 * Asks an application by HTTP what an embedded server would ask it by a Java call: who may connect, subscribe, publish and call; and tells it who comes
 * and goes.
 */
@NullMarked
package dev.openline.hooks;

import org.jspecify.annotations.NullMarked;
