/** One runnable example per question. */
@NullMarked
package dev.openline.examples;

import org.jspecify.annotations.NullMarked;
