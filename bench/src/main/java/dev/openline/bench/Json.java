package dev.openline.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Text that compresses as real messages do, about 3:1: records of a feed with numbers that nobody can foresee, always the same ones. */
final class Json {
    private static final long SEED = 42;
    private static final String[] WORDS = {"bid", "ask", "trade", "cancel", "quote", "halt", "open", "close"};

    private Json() {}

    static byte[] text(int bytes) {
        Random random = new Random(SEED);
        StringBuilder text = new StringBuilder("[");
        while (text.length() < bytes) {
            text.append("{\"id\":").append(random.nextInt(1_000_000_000));
            text.append(",\"kind\":\"").append(WORDS[random.nextInt(WORDS.length)]);
            text.append("\",\"price\":").append(random.nextInt(100_000) / 100.0);
            text.append(",\"size\":").append(random.nextInt(500));
            text.append(",\"time\":")
                    .append(1_700_000_000_000L + random.nextInt(1_000_000))
                    .append("},\n");
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), bytes);
    }
}
