/**
 * Servers and clients in virtual time, on a network that obeys.
 *
 * <p>The servers and clients are the real ones, whole, from the bytes up; what is simulated is the network under them, the disk, time and chance. All
 * of it happens on one thread and follows from a seed.
 */
@NullMarked
package dev.openline.testkit;

import org.jspecify.annotations.NullMarked;
