/** Keeps the logs of channels in a directory, in RocksDB: what was answered is there after the process was killed, or after a power cut. */
@NullMarked
package dev.openline.store.disk;

import org.jspecify.annotations.NullMarked;
