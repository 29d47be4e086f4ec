/** The logs of channels in Redis or Valkey, where many servers append to them and read them. */
@NullMarked
package dev.openline.store.redis;

import org.jspecify.annotations.NullMarked;
