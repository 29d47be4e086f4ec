package dev.openline.store.disk;

/**
 * How old what is kept may be, so that all of it stays within a number of bytes. When there is more, the oldest eighth of the time that is kept is given up, by
 * all channels alike, and once that has made its room on the disk it is looked at again. Only the writing thread asks it; only {@link #roomIsMade} may come from another.
 */
final class Bound {
    private static final int PARTS = 8;

    private final long maxBytes;

    /** Publications of then or before are given up. */
    private long cut = Long.MIN_VALUE;

    private long oldest = Long.MAX_VALUE;
    private boolean cutting;
    private volatile boolean makingRoom;

    Bound(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    boolean isBounded() {
        return maxBytes != Long.MAX_VALUE;
    }

    /** Before what was given up is taken off the disk. */
    void makeRoom() {
        makingRoom = true;
    }

    void roomIsMade() {
        makingRoom = false;
    }

    /** The time of the newest publications that are given up; the least number there is if none are. */
    long cut() {
        return cut;
    }

    /** Whether there is too much, and a pass through all channels is to give the oldest up. */
    boolean isCutting() {
        return cutting;
    }

    /** The oldest publication of a channel is from then. */
    void saw(long time) {
        oldest = Math.min(oldest, time);
    }

    /**
     * All channels have been looked at.
     *
     * @return whether what was given up should make its room now
     */
    boolean passed(long now, long bytes) {
        long from = oldest;
        oldest = Long.MAX_VALUE;
        if (cutting) {
            cutting = false;
            return true;
        }
        if (makingRoom || bytes <= maxBytes || from == Long.MAX_VALUE) return false;
        cutting = true;
        cut = Math.max(cut, from + Math.max(0, now - from) / PARTS);
        return false;
    }
}
