/** Measurements: load generator, micro-benchmarks, peers beside ours. */
@NullMarked
package dev.openline.bench;

import org.jspecify.annotations.NullMarked;
