package dev.openline.wire;

/**
 * Where bytes that come next belong, in the memory of the message that they are part of: a driver that reads them there saves a copy.
 *
 * @param block the message's memory until the next call of the {@link Wire} that named it
 * @param at the first byte's place in it
 * @param length how many bytes there is room for, all of them of one frame; at least 1
 */
public record Room(MessageMemory.Block block, int at, int length) {}
