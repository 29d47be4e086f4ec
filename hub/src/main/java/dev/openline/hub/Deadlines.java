package dev.openline.hub;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The channels a shard must visit, earliest first: a binary heap whose places the channels know, so that one can be moved without a search.
 *
 * <p>A channel's true deadline moves later with every publication. It is left where it is then, visited early, and put back: publishing
 * must not pay for the clock.
 */
final class Deadlines {
    private @Nullable Channel[] heap = new @Nullable Channel[16];
    private int size;

    /** The earliest visit; {@link Long#MAX_VALUE} if there is none. */
    long next() {
        return size == 0 ? Long.MAX_VALUE : at(0).visitAt;
    }

    /** Makes sure that {@code channel} is visited at {@code when} at the latest. */
    void atLatest(Channel channel, long when) {
        if (when >= channel.visitAt) return;
        if (channel.visitAt == Long.MAX_VALUE) {
            if (size == heap.length) heap = Arrays.copyOf(heap, 2 * size);
            place(channel, size++);
        }
        channel.visitAt = when;
        up(channel);
    }

    /** Takes out the channel that is due first, or answers null if none is. */
    @Nullable
    Channel takeDue(long now) {
        if (next() > now) return null;
        Channel due = at(0);
        remove(due);
        return due;
    }

    void remove(Channel channel) {
        if (channel.visitAt == Long.MAX_VALUE) return;
        int index = channel.heapIndex;
        Channel last = at(--size);
        heap[size] = null;
        channel.visitAt = Long.MAX_VALUE;
        if (last == channel) return;
        place(last, index);
        up(last);
        down(last);
    }

    private void up(Channel channel) {
        while (channel.heapIndex > 0) {
            Channel parent = at((channel.heapIndex - 1) / 2);
            if (parent.visitAt <= channel.visitAt) return;
            swap(parent, channel);
        }
    }

    private void down(Channel channel) {
        while (true) {
            int left = 2 * channel.heapIndex + 1;
            if (left >= size) return;
            Channel child = at(left);
            if (left + 1 < size && at(left + 1).visitAt < child.visitAt) child = at(left + 1);
            if (channel.visitAt <= child.visitAt) return;
            swap(channel, child);
        }
    }

    private void swap(Channel a, Channel b) {
        int index = a.heapIndex;
        place(a, b.heapIndex);
        place(b, index);
    }

    private void place(Channel channel, int index) {
        heap[index] = channel;
        channel.heapIndex = index;
    }

    private Channel at(int index) {
        Channel channel = heap[index];
        if (channel == null) throw new AssertionError("no channel at " + index + " of " + size);
        return channel;
    }
}
