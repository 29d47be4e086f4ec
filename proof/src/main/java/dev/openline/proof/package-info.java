/** Proofs with other people's tools: fuzzing by Jazzer, conformance by Autobahn. */
@NullMarked
package dev.openline.proof;

import org.jspecify.annotations.NullMarked;
