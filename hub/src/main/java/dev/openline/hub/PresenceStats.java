package dev.openline.hub;

/**
 * How many are on a channel.
 *
 * @param clients connections
 * @param users distinct user ids; all anonymous connections count as one
 */
public record PresenceStats(int clients, int users) {}
