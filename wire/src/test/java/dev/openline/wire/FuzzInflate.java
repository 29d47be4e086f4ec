package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Two messages of a peer who compresses whatever the fuzzer likes. Nothing is thrown; the same is heard however the bytes are cut; no
 * message is longer than its bounds allow; what is heard is what the JDK makes of the payload; and no more is held than agreed.
 *
 * <p>An input is a byte of choices (who reads, takeover, text or binary), a seed for the cuts, the length of the first payload, and
 * both payloads.
 */
public final class FuzzInflate {
    private static final WireLimits LIMITS = new WireLimits(4_000, 3_000, 10);
    private static final DeflateOptions OPTIONS = Deflating.EAGER.withMaxRatio(20, 500);

    private FuzzInflate() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 3) {
            return;
        }
        Role reader = (input[0] & 1) == 0 ? Role.SERVER : Role.CLIENT;
        ContextTakeover takeover = (input[0] & 2) == 0 ? ContextTakeover.NO : ContextTakeover.YES;
        int first = Math.min(input[2] & 0xff, input.length - 3);
        byte[][] payloads = {Arrays.copyOfRange(input, 3, 3 + first), Arrays.copyOfRange(input, 3 + first, input.length)
        };
        PeerBytes stream = PeerBytes.to(reader);
        for (byte[] payload : payloads) {
            stream.frame(
                    PeerBytes.FIN | Deflating.RSV1 | ((input[0] & 4) == 0 ? PeerBytes.BINARY : PeerBytes.TEXT),
                    payload);
        }
        List<WireEvent> whole = heard(reader, takeover, List.of(stream.bytes()));
        List<WireEvent> cut = heard(reader, takeover, cut(stream.bytes(), new Random(input[1])));
        require(whole.equals(cut), "heard otherwise when cut:\n" + whole + "\n" + cut);
        compare(whole, payloads, takeover);
    }

    private static List<WireEvent> heard(Role reader, ContextTakeover takeover, List<byte[]> parts) {
        Recorder recorder = new Recorder(reader);
        Wire wire = Deflating.wire(reader, Deflating.windows(takeover, 15), OPTIONS, LIMITS);
        for (byte[] part : parts) {
            wire.receive(ByteBuffer.wrap(part.clone()), 0, recorder);
            require(wire.heldBytes() <= 2 * LIMITS.maxMessageBytes() + (64 << 10), wire.heldBytes() + " bytes held");
        }
        List<WireEvent> events = recorder.take();
        wire.endOfStream(0, recorder);
        events = new ArrayList<>(events);
        events.addAll(recorder.take());
        require(events.stream().filter(WireEvent.Closed.class::isInstance).count() == 1, "not ended once: " + events);
        return events;
    }

    private static void compare(List<WireEvent> events, byte[][] payloads, ContextTakeover takeover) {
        byte[] before = {};
        for (int i = 0; i < payloads.length && i < events.size(); i++) {
            String hex;
            if (events.get(i) instanceof WireEvent.Binary) {
                hex = ((WireEvent.Binary) events.get(i)).hex();
            } else if (events.get(i) instanceof WireEvent.Text) {
                hex = Hex.of(((WireEvent.Text) events.get(i)).text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } else {
                return;
            }
            byte[] message = Hex.bytes(hex);
            require(message.length <= LIMITS.maxMessageBytes(), message.length + " bytes heard");
            require(message.length <= 500 || message.length <= 20L * payloads[i].length, "ratio of a bomb");
            byte[] expected = inflated(payloads[i], takeover == ContextTakeover.YES ? before : new byte[0]);
            require(expected == null || Arrays.equals(message, expected), "not what the JDK reads: " + hex);
            before = joined(before, message);
        }
    }

    /** Null where the stream has a final block: what follows one is not the JDK's to read. */
    private static byte[] inflated(byte[] payload, byte[] before) {
        Inflater inflater = new Inflater(true);
        try {
            if (before.length > 0) {
                inflater.setDictionary(before);
            }
            byte[] input = Arrays.copyOf(payload, payload.length + 4);
            input[input.length - 1] = -1;
            input[input.length - 2] = -1;
            inflater.setInput(input);
            byte[] out = new byte[2 * LIMITS.maxMessageBytes()];
            int size = inflater.inflate(out);
            return inflater.finished() ? null : Arrays.copyOf(out, size);
        } catch (DataFormatException broken) {
            throw new AssertionError("heard what the JDK finds broken", broken);
        } finally {
            inflater.end();
        }
    }

    private static List<byte[]> cut(byte[] stream, Random random) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(30));
            parts.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        return parts;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
