package dev.openline.bench;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.ContextTakeover;
import dev.openline.wire.DeflateCodecs;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.MessageKind;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.ProtocolViolation;
import dev.openline.wire.Role;
import dev.openline.wire.Wire;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireSink;
import dev.openline.wire.WireTiming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one message of JSON costs compressed (RFC 7692): to write it, and to read it, through a {@link Wire} as lines do. 64 messages take
 * turns, so that nothing is learned by heart; with takeover each refers to those before it, within {@code contextBytes} when sent and a
 * window of 32 KiB when received.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class DeflateBenchmark {
    private static final int MESSAGES = 64;
    private static final String[] WORDS =
            "a line is only the pipe and a channel is a log that remembers what was said".split(" ");

    /** Length of a message. */
    @Param({"256", "1024", "16384"})
    public int size;

    /** Window bits of both sides: 15 is the JDK's compressor, for less it is JZlib's once a message is longer than the window. */
    @Param({"15", "9"})
    public int window;

    @Param({"NO", "YES"})
    public ContextTakeover takeover;

    @Param({"1", "6"})
    public int level;

    private final DeflateCodecs codecs = new DeflateCodecs();
    private final ByteBuffer[] messages = new ByteBuffer[MESSAGES];
    private final ByteBuffer[] frames = new ByteBuffer[MESSAGES];
    private ByteBuffer out;
    private Wire sender;
    private Wire receiver;
    private int next;

    /** Compresses all messages in turn, which is also the order in which they can be read, over and over. */
    @Setup
    public void prepare() {
        out = ByteBuffer.allocateDirect(size + 64);
        Random random = new Random(1);
        for (int i = 0; i < MESSAGES; i++) {
            messages[i] = ByteBuffer.wrap(json(random).getBytes(StandardCharsets.US_ASCII));
        }
        sender = wire(Role.SERVER);
        receiver = wire(Role.CLIENT);
        long bytes = 0;
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < MESSAGES; i++) {
                ByteBuffer frame = write().flip();
                frames[i] =
                        ByteBuffer.allocateDirect(frame.remaining()).put(frame).flip();
                bytes += frames[i].remaining();
                receiver.receive(frames[i].duplicate(), 0, new Deaf());
            }
        }
        System.out.printf("%n%d bytes become %d on average%n", size, bytes / (2 * MESSAGES));
    }

    @TearDown
    public void close() {
        codecs.close();
    }

    @Benchmark
    public ByteBuffer write() {
        ByteBuffer payload = messages[next++ % MESSAGES];
        ByteBuffer compressed = sender.deflate().compress(payload);
        out.clear();
        if (compressed == null) sender.write(MessageKind.TEXT, payload, out);
        else sender.writeCompressed(MessageKind.TEXT, payload, compressed, out);
        return out;
    }

    @Benchmark
    public int read() {
        Deaf heard = new Deaf();
        receiver.receive(frames[next++ % MESSAGES].rewind(), 0, heard);
        return heard.bytes;
    }

    private Wire wire(Role role) {
        DeflateContext context = new DeflateContext(takeover, window);
        DeflateOptions options = DeflateOptions.DEFAULT
                .withLevel(level)
                .withThresholdBytes(0)
                .withSending(context)
                .withReceiving(context);
        PerMessageDeflate deflate =
                new PerMessageDeflate(role, new DeflateParameters(context, context), options, codecs);
        return new Wire(role, WireLimits.DEFAULT, WireTiming.DEFAULT, deflate, () -> 1, 0);
    }

    private String json(Random random) {
        StringBuilder json = new StringBuilder("[");
        while (json.length() < size) {
            json.append("{\"id\":").append(random.nextInt(100_000));
            json.append(",\"user\":\"user").append(random.nextInt(500)).append("\",\"text\":\"");
            for (int words = 3 + random.nextInt(9); words > 0; words--) {
                json.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            json.append("\"},");
        }
        return json.substring(0, size);
    }

    /** Counts, and fails when anything but messages comes. */
    private static final class Deaf implements WireSink {
        private int bytes;

        @Override
        public void onMessage(MessageKind kind, ByteBuffer payload) {
            bytes += payload.remaining();
        }

        @Override
        public void onViolation(ProtocolViolation violation) {
            throw violation;
        }

        @Override
        public void onPing(ByteBuffer payload) {}

        @Override
        public void onPong(ByteBuffer payload) {}

        @Override
        public void transmit(ByteBuffer frame) {}

        @Override
        public void onClosed(CloseStatus status) {}

        @Override
        public void hangUp() {}
    }
}
