package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.FossilDelta;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The official JavaScript SDK makes of our patches what we made them of. */
@DisplayName("the SDK applies our deltas")
class FossilSdkTest {
    private static final int SEEDS = 400;
    private static final String[] NAMES = {"größe", "price", "€", "𝄞", "日本語", "quoted \\\"name\\\""};

    private static NodeScript node;

    @BeforeAll
    static void startNode() {
        node = NodeScript.start("fossil.mjs", Map.of());
        assertThat(node.next()).isEqualTo(List.of("ready"));
    }

    @AfterAll
    static void stopNode() {
        if (node != null) node.close();
    }

    @Test
    void ofJson() {
        int told = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            int[] numbers = random.ints(1 + random.nextInt(60), 0, 100_000).toArray();
            byte[] base = json(numbers);
            for (int i = random.nextInt(4); i >= 0; i--) numbers[random.nextInt(numbers.length)] = random.nextInt();
            if (applied("json", seed, base, json(numbers))) told++;
        }
        assertThat(told).isGreaterThan(SEEDS / 2);
    }

    @Test
    void ofBytes() {
        int told = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] base = new byte[20 + random.nextInt(3_000)];
            random.nextBytes(base);
            byte[] target = new byte[20 + random.nextInt(3_000)];
            random.nextBytes(target);
            int common = random.nextInt(Math.min(base.length, target.length));
            System.arraycopy(
                    base, random.nextInt(base.length - common), target, random.nextInt(target.length - common), common);
            if (applied("protobuf", seed, base, target)) told++;
        }
        assertThat(told).isGreaterThan(SEEDS / 2);
    }

    private static byte[] json(int[] numbers) {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < numbers.length; i++) {
            json.append(i == 0 ? "{\"" : ",{\"").append(NAMES[Math.abs(numbers[i] % NAMES.length)]);
            json.append("\":").append(numbers[i]).append(",\"live\":true}");
        }
        return json.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether there was a patch to apply; small payloads are often better sent full. */
    private static boolean applied(String encoding, long seed, byte[] base, byte[] target) {
        byte[] delta = FossilDelta.create(base, target);
        if (delta == null) return false;
        node.say(encoding, base64(base), base64(delta));
        assertThat(node.next()).as("seed %d", seed).isEqualTo(List.of("made", base64(target)));
        return true;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
