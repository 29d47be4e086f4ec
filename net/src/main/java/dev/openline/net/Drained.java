package dev.openline.net;

/**
 * How a drain went.
 *
 * @param left connections that were open and ended in time, by their goodbye or on their own
 * @param cut connections that were still there when the time was over
 */
public record Drained(int left, int cut) {}
