/** What people run: the openline command and the live examples. */
@NullMarked
package dev.openline.app;

import org.jspecify.annotations.NullMarked;
