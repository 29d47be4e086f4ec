package dev.openline.bench;

import dev.openline.hub.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One channel, many subscribers, some of which take nothing for as long as it is measured. Those that read are looked at for how late publications come, those
 * that don't for what they are given once they read again.
 */
final class SlowReaders implements AutoCloseable {
    private static final int AT_A_TIME = 64;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double WARM_UP_SHARE = 0.1;
    private static final int TEXT = 0x81;
    private static final int MASKED = 0x80;

    /**
     * What is published, and how.
     *
     * @param publications altogether
     * @param burst so many at once
     * @param rate bursts a second
     * @param bytes of a publication's data
     */
    record Plan(Mode mode, int publications, int burst, int rate, int bytes) {
        int bursts() {
            return publications / burst;
        }
    }

    /**
     * What came of it.
     *
     * @param latency of publications to those who read, in nanoseconds from when they should have been published
     * @param server its time on the processor meanwhile
     * @param heapBefore bytes that lived on the server's heap before the first publication
     * @param heapAfter the same after the last one, while nobody who was slow had read
     * @param complete how many of the slow ones were given everything that was published
     * @param fewest publications that one of the slow ones was given
     * @param caughtUpNanos from when they read again until all of them had the newest
     */
    record Result(
            Histogram latency,
            ProcessCpu.Used server,
            long deliveries,
            double seconds,
            double loadBusy,
            long heapBefore,
            long heapAfter,
            int complete,
            long fewest,
            long caughtUpNanos) {}

    /** One subscriber. */
    private final class Reader {
        final LoadLine line;
        final StringBuilder greeting = new StringBuilder();
        boolean isSubscribed;
        int position;
        long next;
        long received;
        PushStream.@Nullable Numbers own = plan.mode() == Mode.EVERY ? null : new PushStream.Numbers();

        Reader(LoadLine line) {
            this.line = line;
        }

        void take(ByteBuffer in) {
            if (!isSubscribed) greet(in);
            else if (own == null && stream.matches(position, in)) follow(in);
            else parse(in);
        }

        /** The answers to connect and to subscribe, before anything is published. */
        private void greet(ByteBuffer in) {
            greeting.append(StandardCharsets.ISO_8859_1.decode(in));
            if (greeting.indexOf("\"error\"") >= 0) throw new IllegalStateException("a subscriber is refused");
            isSubscribed = greeting.indexOf("\"id\":2") >= 0;
            if (isSubscribed) greeting.setLength(0);
        }

        private void follow(ByteBuffer in) {
            int more = in.remaining();
            int known = Math.max(0, Math.min(more, stream.length() - position));
            in.position(in.position() + known);
            if (in.hasRemaining()) stream.append(in);
            position += more;
            while (next < stream.publications() && stream.end((int) next + 1) <= position) {
                next++;
                delivered(this, next);
            }
        }

        /** Whoever has fallen behind is given the same publications in other frames, perhaps. */
        private void parse(ByteBuffer in) {
            PushStream.Numbers numbers = own;
            if (numbers == null) {
                numbers = new PushStream.Numbers();
                numbers.parse(stream.since(next == 0 ? 0 : stream.end((int) next), position), (number, at) -> {});
                own = numbers;
            }
            numbers.parse(in, (number, at) -> {
                boolean follows = plan.mode() == Mode.EVERY ? number == next + 1 : number > next;
                if (!follows) throw new IllegalStateException("after publication " + next + " came " + number);
                next = number;
                delivered(this, number);
            });
        }
    }

    private final Server server;
    private final Plan plan;
    private final Load load;
    private final LoadLine publisher;
    private final PushStream stream = new PushStream();
    private final Map<LoadLine, Reader> readers = new IdentityHashMap<>();
    private final List<Reader> stalled = new ArrayList<>();
    private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final long[] due;
    private long deliveries;
    private long now = System.nanoTime();
    private int published;
    private final long firstMeasured;
    private boolean isReleased;

    private final Load.Driver driver = new Load.Driver() {
        @Override
        public void writable(LoadLine line) throws IOException {
            line.writable();
        }

        @Override
        public void readable(LoadLine line, ByteBuffer shared) throws IOException {
            line.read(shared);
            now = System.nanoTime();
            Reader reader = readers.get(line);
            if (reader != null) reader.take(shared);
        }
    };

    private SlowReaders(Server server, Plan plan, Load load, LoadLine publisher) {
        this.server = server;
        this.plan = plan;
        this.load = load;
        this.publisher = publisher;
        this.due = new long[plan.bursts() + 1];
        this.firstMeasured = Math.round(plan.publications() * WARM_UP_SHARE);
    }

    /** Subscribes all of them; those that will be slow still read. */
    static SlowReaders open(Server server, Plan plan, int reading, int slow) throws IOException {
        Load load = Load.open(server, PATH, 0);
        try {
            SlowReaders all = new SlowReaders(server, plan, load, load.line(PATH));
            all.publisher.write(frame("{\"id\":1,\"connect\":{}}"));
            for (int left = reading + slow; left > 0; left -= AT_A_TIME) all.subscribe(Math.min(left, AT_A_TIME));
            for (LoadLine line : load.lines().subList(reading, reading + slow)) all.stalled.add(all.readers.get(line));
            return all;
        } catch (IOException | RuntimeException e) {
            load.close();
            throw e;
        }
    }

    private static final String PATH = "/connection/websocket";

    private void subscribe(int more) throws IOException {
        int before = load.lines().size();
        load.add(PATH, more);
        for (LoadLine line : load.lines().subList(before, before + more)) {
            readers.put(line, new Reader(line));
            line.write(frame("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\""
                    + ChannelSubject.CHANNEL + "\"}}"));
        }
        List<LoadLine> added = load.lines().subList(before, before + more);
        turnUntil("subscribed", () -> added.stream().allMatch(line -> readers.get(line).isSubscribed));
    }

    private interface Condition {
        boolean holds();
    }

    private void turnUntil(String what, Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) throw new IOException("not all are " + what + " in time");
            load.turn(10, driver);
        }
    }

    /** Publishes it all, and then lets the slow ones read. */
    Result run() throws IOException {
        for (Reader one : stalled) one.line.reads(false);
        long heapBefore = server.liveHeapBytes();
        List<Reader> reading = new ArrayList<>(readers.values());
        reading.removeAll(stalled);
        Window window = new Window(0, server.handle());
        Window.Throughput throughput = window.measure(() -> deliveries, () -> {
            long start = System.nanoTime();
            while (published < plan.bursts()) {
                publishWhatIsDue(start);
                load.turn(0, driver);
            }
            awaitNewest(reading);
        });
        long heapAfter = server.liveHeapBytes();
        long caughtUpNanos = release();
        long complete = stalled.stream()
                .filter(one -> one.received == (long) published * plan.burst())
                .count();
        return new Result(
                latency,
                throughput.server(),
                throughput.messages(),
                throughput.seconds(),
                throughput.loadBusy(),
                heapBefore,
                heapAfter,
                (int) complete,
                stalled.stream().mapToLong(one -> one.received).min().orElse(0),
                caughtUpNanos);
    }

    /** The slow ones read again, until all have the newest; how long that took. */
    private long release() throws IOException {
        isReleased = true;
        long released = System.nanoTime();
        for (Reader one : stalled) one.line.reads(true);
        if (plan.mode() != Mode.TRANSIENT) {
            awaitNewest(stalled);
            return System.nanoTime() - released;
        }
        // Transient ones are given what is said from now on, once their lines are empty.
        long caughtUp = quiet();
        due[published] = System.nanoTime();
        publish();
        awaitNewest(stalled);
        return caughtUp - released;
    }

    private void awaitNewest(List<Reader> some) throws IOException {
        long newest = (long) published * plan.burst();
        turnUntil("at the newest", () -> some.stream().allMatch(one -> one.next == newest));
    }

    /** Turns until nothing has come for a while; the time when the last came. */
    private long quiet() throws IOException {
        while (System.nanoTime() - now < QUIET_NANOS) load.turn(10, driver);
        return now;
    }

    private void publishWhatIsDue(long start) throws IOException {
        long interval = TimeUnit.SECONDS.toNanos(1) / plan.rate();
        while (published < plan.bursts() && System.nanoTime() - (start + published * interval) >= 0) {
            due[published] = start + published * interval;
            publish();
        }
    }

    private void publish() throws IOException {
        StringBuilder commands = new StringBuilder();
        for (int i = 1; i <= plan.burst(); i++) {
            long number = (long) published * plan.burst() + i;
            String data = "{\"n\":" + number + ",\"x\":\"";
            commands.append("{\"id\":")
                    .append(number + 1)
                    .append(",\"publish\":{\"channel\":\"" + ChannelSubject.CHANNEL + "\",\"data\":")
                    .append(data)
                    .append("x".repeat(Math.max(0, plan.bytes() - data.length() - 2)))
                    .append("\"}}}\n");
        }
        published++;
        publisher.write(frame(commands.toString()));
    }

    private void delivered(Reader reader, long number) {
        deliveries++;
        reader.received++;
        if (number > firstMeasured && !isReleased)
            latency.recordValue(Math.max(0, now - due[(int) ((number - 1) / plan.burst())]));
    }

    /** A text message, masked with a key that changes nothing. */
    private static ByteBuffer frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) TEXT);
        if (payload.length < 126) frame.put((byte) (MASKED | payload.length));
        else if (payload.length < 65_536) frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        else frame.put((byte) (MASKED | 127)).putLong(payload.length);
        return frame.putInt(0).put(payload).flip();
    }

    @Override
    public void close() throws IOException {
        load.close();
    }
}
