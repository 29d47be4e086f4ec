package dev.openline.bench;

import java.util.function.LongConsumer;

/** Something that keeps publications; numbered from 1 in each channel. One thread hands them over. */
interface Keeping extends AutoCloseable {
    /**
     * Hands a publication over; {@code answered} hears {@code token} when it is kept, on some thread, in the order in which they were handed over.
     */
    void append(int channel, long offset, byte[] data, long token);

    @Override
    void close() throws Exception;

    /** Opens one. */
    interface Opening {
        Keeping open(LongConsumer answered) throws Exception;
    }
}
