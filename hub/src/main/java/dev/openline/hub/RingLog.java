package dev.openline.hub;

import dev.openline.protocol.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest publications of one channel, in a ring that grows up to the channel's history size.
 *
 * <p>Two laws: offsets are 1, 2, 3 … without a hole, so the item with offset {@code o} sits {@code o - first()} places after the start;
 * and whatever is dropped, by size or by age, the top and the epoch stay.
 */
final class RingLog implements Log {
    private static final int FIRST_CAPACITY = 8;
    private static final @Nullable Publication[] NO_ITEMS = {};
    private static final long[] NO_TIMES = {};

    private final String epoch;
    private final int maxSize;
    private final long ttlMillis;

    private @Nullable Publication[] items = NO_ITEMS;
    /** When each item was appended; never falls from one item to the next. */
    private long[] times = NO_TIMES;

    private int start;
    private int size;
    /** Offset of the newest publication ever appended; 0 before the first. */
    private long top;

    RingLog(String epoch, ChannelOptions options) {
        this(epoch, options.historySize(), options.historyTtl());
    }

    private RingLog(String epoch, int maxSize, Duration ttl) {
        this.epoch = epoch;
        this.maxSize = maxSize;
        this.ttlMillis = ttl.toMillis();
    }

    /** The newest {@code maxSize} of what a store has kept. */
    RingLog(StoredLog stored, int maxSize, Duration ttl) {
        this(stored.epoch(), maxSize, ttl);
        List<LogEntry> tail = stored.tail();
        if (!tail.isEmpty()) top = tail.get(0).offset() - 1;
        for (LogEntry entry : tail) append(entry.publication(), entry.timeMillis());
        if (top == stored.top()) return;
        clear();
        top = stored.top();
    }

    @Override
    public String epoch() {
        return epoch;
    }

    @Override
    public long topOffset() {
        return top;
    }

    /** Offset of the oldest item that is kept; {@link #nextOffset} if none is. */
    @Override
    public long first() {
        return top - size + 1;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long append(Publication publication, long now) {
        if (publication.offset() != top + 1)
            throw new IllegalArgumentException("offset " + publication.offset() + " does not follow " + top);
        long time = size == 0 ? now : Math.max(now, times[slot(size - 1)]);
        if (size == maxSize) dropOldest();
        else if (size == items.length) grow();
        int slot = slot(size);
        items[slot] = publication;
        times[slot] = time;
        size++;
        top++;
        return 0;
    }

    @Override
    public void expire(long now) {
        if (size == 0) return;
        if (times[slot(size - 1)] + ttlMillis <= now) clear();
        else while (times[start] + ttlMillis <= now) dropOldest();
    }

    @Override
    public void clear() {
        items = NO_ITEMS;
        times = NO_TIMES;
        start = 0;
        size = 0;
    }

    @Override
    public long nextExpiry() {
        return size == 0 ? Long.MAX_VALUE : times[start] + ttlMillis;
    }

    @Override
    public boolean reachesBackTo(long offset) {
        return offset + 1 >= first() && offset <= top;
    }

    @Override
    public List<Publication> after(long offset, int limit) {
        int skip = offset < first() ? 0 : (int) Math.min(size, offset + 1 - first());
        int count = Math.min(limit, size - skip);
        List<Publication> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) found.add(item(skip + i));
        return found;
    }

    @Override
    public List<Publication> before(long offset, int limit) {
        int end = offset <= first() ? 0 : (int) Math.min(size, offset - first());
        int count = Math.min(limit, end);
        List<Publication> found = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) found.add(item(end - i));
        return found;
    }

    @Override
    public @Nullable Publication newest() {
        return size == 0 ? null : item(size - 1);
    }

    private Publication item(int index) {
        Publication item = items[slot(index)];
        if (item == null) throw new AssertionError("no item at " + index + " of " + size);
        return item;
    }

    private int slot(int index) {
        int slot = start + index;
        return slot < items.length ? slot : slot - items.length;
    }

    private void dropOldest() {
        items[start] = null;
        start = start + 1 == items.length ? 0 : start + 1;
        size--;
    }

    private void grow() {
        int capacity = (int) Math.min(maxSize, Math.max(FIRST_CAPACITY, 2L * items.length));
        @Nullable Publication[] moreItems = Arrays.copyOfRange(items, start, start + capacity);
        long[] moreTimes = Arrays.copyOfRange(times, start, start + capacity);
        // The part before the start wraps round to the end of what was copied.
        System.arraycopy(items, 0, moreItems, items.length - start, start);
        System.arraycopy(times, 0, moreTimes, times.length - start, start);
        items = moreItems;
        times = moreTimes;
        start = 0;
    }
}
