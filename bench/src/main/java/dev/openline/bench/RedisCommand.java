package dev.openline.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench redis}: what publications cost that many servers share. */
@Command(
        name = "redis",
        mixinStandardHelpOptions = true,
        description =
                "What publications cost in a Redis: how many a second, how much of Redis's processor each, how long until another server hears"
                        + " of them, and the memory of a channel. Servers are played in this process, each with connections of its own. Keys"
                        + " have a prefix of their own, and are gone after two minutes, those of --memory later.")
final class RedisCommand implements Callable<Integer> {
    private static final Pattern CPU = Pattern.compile("used_cpu_(?:user|sys):([0-9.]+)");
    private static final Pattern MEMORY = Pattern.compile("used_memory:(\\d+)");
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");

    @Option(
            names = "--address",
            paramLabel = "URL",
            defaultValue = "redis://127.0.0.1:6379",
            description = "Default ${DEFAULT-VALUE}.")
    private String address;

    @Option(names = "--nodes", paramLabel = "N", split = ",", defaultValue = "1,2,4", description = "Servers.")
    private List<Integer> nodes;

    @Option(
            names = "--channels",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,10000",
            description = "Channels; default ${DEFAULT-VALUE}.")
    private List<Integer> channels;

    @Option(names = "--bytes", paramLabel = "N", defaultValue = "100", description = "Data of a publication.")
    private int bytes;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How long each figure is measured; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Publications a second for the time until another server hears of them.")
    private int rate;

    @Option(
            names = "--memory",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also fills so many channels with ten publications each, to see what memory they take.")
    private int memory;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;
    private final String prefix = "openline-bench-" + UUID.randomUUID();
    private @Nullable StatefulRedisConnection<String, String> asking;

    @Override
    public Integer call() throws Exception {
        within("--bytes", bytes, 12, 100_000);
        within("--seconds", seconds, 1, 600);
        within("--rate", rate, 1, 1_000_000);
        within("--memory", memory, 0, 10_000_000);
        for (int each : nodes) within("--nodes", each, 1, 64);
        for (int each : channels) within("--channels", each, 1, 1_000_000);
        out = spec.commandLine().getOut();
        RedisClient client = RedisClient.create(address);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            asking = connection;
            new TableReport(out, "").begin(Environment.besideRedis(found(VERSION, info("server"))));
            out.printf(
                    "%n%6s %10s %12s %12s %12s %14s %10s %10s%n",
                    "nodes", "channels", "a second", "Redis µs", "at a second", "Redis µs, told", "p50 ms", "p99 ms");
            for (int channelCount : channels) for (int nodeCount : nodes) measure(nodeCount, channelCount);
            if (memory > 0) fill();
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
        return 0;
    }

    private void within(String option, long value, long least, long most) {
        if (value < least || value > most)
            throw new ParameterException(spec.commandLine(), option + " must be " + least + " to " + most + ".");
    }

    private String info(String section) {
        if (asking == null) throw new IllegalStateException("not connected");
        return asking.sync().info(section);
    }

    private static String found(Pattern pattern, String info) {
        Matcher matcher = pattern.matcher(info);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** Seconds of processor that Redis has used, its own and the system's for it. */
    private double processor() {
        double sum = 0;
        Matcher matcher = CPU.matcher(info("cpu"));
        while (matcher.find()) sum += Double.parseDouble(matcher.group(1));
        return sum;
    }

    private void measure(int nodeCount, int channelCount) throws Exception {
        List<Keeping.Opening> servers = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) servers.add(answered -> new RedisLogs(address, prefix, "c", answered));
        ExecutorService threads = Executors.newFixedThreadPool(nodeCount);
        try {
            StoreLoad load = new StoreLoad(channelCount, bytes, seconds);
            double before = processor();
            long start = System.nanoTime();
            List<Future<Double>> rates = new ArrayList<>();
            for (Keeping.Opening server : servers) rates.add(threads.submit(() -> load.full(server)));
            double total = 0;
            for (Future<Double> each : rates) total += each.get();
            double used = processor() - before;
            double wall = (System.nanoTime() - start) / 1e9;
            before = processor();
            Histogram latency = delivery(nodeCount, channelCount);
            double told = (processor() - before) * 1e6 / ((double) rate * seconds);
            out.printf(
                    Locale.ROOT,
                    "%6d %,10d %,12.0f %12.1f %,12d %14.1f %10.2f %10.2f%n",
                    nodeCount,
                    channelCount,
                    total,
                    used * 1e6 / (total * wall),
                    rate,
                    told,
                    latency.getValueAtPercentile(50) / 1e6,
                    latency.getValueAtPercentile(99) / 1e6);
            out.flush();
        } finally {
            threads.shutdown();
        }
    }

    /** From when a publication should have been handed over to when each of some other servers has it, in nanoseconds. */
    private Histogram delivery(int nodeCount, int channelCount) throws Exception {
        int followed = Math.min(channelCount, 1_000);
        Histogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(2), 3);
        Semaphore heard = new Semaphore(0);
        long count = (long) rate * seconds;
        String run = "d" + System.nanoTime() + ":";
        List<RedisLogs> hearing = new ArrayList<>();
        try (RedisLogs saying = new RedisLogs(address, prefix, run, token -> {})) {
            AtomicLong start = new AtomicLong();
            for (int i = 0; i < nodeCount; i++) {
                RedisLogs one = new RedisLogs(address, prefix, run, token -> {});
                hearing.add(one);
                one.follow(followed, data -> {
                    long number = Long.parseLong(data.text().strip());
                    if (number >= count / 5)
                        latency.recordValue(Math.max(0, System.nanoTime() - due(start.get(), number)));
                    heard.release();
                });
            }
            start.set(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500));
            for (long i = 0; i < count; i++) {
                for (long wait = due(start.get(), i) - System.nanoTime();
                        wait > 0;
                        wait = due(start.get(), i) - System.nanoTime())
                    if (wait > 100_000) LockSupport.parkNanos(50_000);
                String data = String.format(Locale.ROOT, "%-" + bytes + "d", i);
                saying.append((int) (i % followed), 0, data.getBytes(StandardCharsets.US_ASCII), i);
            }
            if (!heard.tryAcquire((int) count * nodeCount, 60, TimeUnit.SECONDS))
                throw new IllegalStateException("not everything was heard");
        } finally {
            for (RedisLogs one : hearing) one.close();
        }
        return latency;
    }

    private long due(long start, long number) {
        return start + (long) (number * (1e9 / rate));
    }

    private void fill() throws Exception {
        long before = Long.parseLong(found(MEMORY, info("memory")));
        Semaphore room = StoreLoad.room();
        // Nothing may end before all is there.
        Duration staying = Duration.ofMinutes(2).plusSeconds(10L * memory / 5_000);
        try (RedisLogs logs = new RedisLogs(address, prefix, "m", staying, token -> room.release())) {
            new StoreLoad(memory, bytes, seconds).fill(logs, 10L * memory, room);
            long used = Long.parseLong(found(MEMORY, info("memory"))) - before;
            out.printf(
                    Locale.ROOT,
                    "%n%,d channels with ten publications of %d bytes: %,d bytes of memory each%n",
                    memory,
                    bytes,
                    used / memory);
        }
    }
}
