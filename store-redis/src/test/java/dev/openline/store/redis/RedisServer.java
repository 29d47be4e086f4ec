package dev.openline.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * One real Redis process on a free port of 127.0.0.1 with a directory of its own, which a test can kill, halt and bring back. It
 * keeps nothing on disk unless its options say so, and is gone when this JVM is.
 *
 * <pre>{@code
 * RedisServer.assumeAvailable();
 * try (var redis = new RedisServer("appendonly", "yes").start()) {
 *     redis.ask("SET", "key", "value");
 *     redis.kill();
 *     redis.restart();
 * }
 * }</pre>
 *
 * <p>One thread at a time starts, stops and halts it; any thread may ask. A server that doesn't do what is waited for within 20 s
 * is an {@link AssertionError} with the last lines of its log.
 */
public final class RedisServer implements AutoCloseable {
    /** How long we wait for anything before we call it a failure. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Set<Integer> PORTS = ConcurrentHashMap.newKeySet();
    private static final int LOG_LINES = 20;

    private final Map<String, String> options;
    private final List<String> arguments;
    private final Path folder = RedisBinary.newFolder();
    private final Path log = folder.resolve("redis.log");
    private volatile @Nullable Process process;
    private volatile boolean paused;

    /**
     * A server that doesn't run yet.
     *
     * @param options lines of redis.conf as name, value, name, value…; they override ours
     */
    public RedisServer(String... options) {
        this(dataOptions(options), List.of("redis.conf"));
    }

    private RedisServer(Map<String, String> options, List<String> arguments) {
        this.options = options;
        this.arguments = arguments;
        StringBuilder lines = new StringBuilder();
        options.forEach((name, value) -> lines.append(name)
                .append(' ')
                .append(value.isEmpty() ? "\"\"" : value)
                .append('\n'));
        try {
            Files.writeString(folder.resolve("redis.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server, not running yet, that copies {@code master}, which must be running when it starts. */
    public static RedisServer replicaOf(RedisServer master, String... options) {
        Map<String, String> all = dataOptions(options);
        all.put("replicaof", "127.0.0.1 " + master.port());
        return new RedisServer(all, List.of("redis.conf"));
    }

    /** The same program as a sentinel. */
    static RedisServer sentinel(String... options) {
        return new RedisServer(with(commonOptions(), options), List.of("redis.conf", "--sentinel"));
    }

    /** Whether such a server can run here: on Linux and macOS, or with {@code -Dopenline.redis.binary=/path/to/valkey-server}. */
    public static boolean isAvailable() {
        return RedisBinary.isAvailable();
    }

    /** Skips the test that calls this where no server can run. */
    public static void assumeAvailable() {
        Assumptions.assumeTrue(
                isAvailable(),
                "No Redis is carried for this system; name an installed one with -D" + RedisBinary.PROPERTY);
    }

    /** Runs it, and returns when it answers and has read its data. */
    public RedisServer start() {
        Process running = process;
        if (running != null && running.isAlive()) throw new IllegalStateException(this + " runs already");
        try {
            Process started = RedisBinary.run(folder, log, arguments);
            process = started;
            paused = false;
            await("an answer of " + this, () -> answers(started));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            kill();
            throw e;
        }
        return this;
    }

    /** Runs it, and returns when it says that it reads its data and so does nothing else: have it be slow at that, see {@code key-load-delay}. */
    void startSlowly() {
        try {
            process = RedisBinary.run(folder, log, arguments);
            paused = false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("that it reads its data", this::isLoading);
    }

    /** Whether it reads its data still. */
    boolean isLoading() {
        try {
            ask("PING");
            return false;
        } catch (Refused refused) {
            return refused.getMessage().startsWith("LOADING");
        }
    }

    private boolean answers(Process started) {
        if (!started.isAlive()) throw new AssertionError(this + " ended at once. " + lastLines());
        // While it reads its data, PING is refused. Another process may have taken the port: then ours is about to end.
        return ask("PING").equals("PONG") && info("process_id").equals(Long.toString(started.pid()));
    }

    /** As a crash ends it (SIGKILL), also when it is paused; returns when it is gone. */
    public void kill() {
        Process running = process;
        if (running != null) awaitEnd(running.destroyForcibly());
    }

    /** As an operator ends it (SIGTERM): it saves what it is told to save. Returns when it is gone. Not for a paused one. */
    public void terminate() {
        Process running = process;
        if (running != null) {
            running.destroy();
            awaitEnd(running);
        }
    }

    private void awaitEnd(Process running) {
        try {
            if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                throw new AssertionError(this + " doesn't end. " + lastLines());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Halts it (SIGSTOP): its connections stay open, its port accepts, and nothing is answered. Returns when it stands still. */
    public void pause() {
        signal("STOP");
        paused = true;
        Path stat = Path.of("/proc/" + pid() + "/stat");
        // Where there is no /proc, the signal that was sent has to do.
        if (Files.exists(stat)) await("the halt of " + this, () -> stateIn(stat) == 'T');
    }

    /** Lets a paused one go on (SIGCONT). */
    public void resume() {
        signal("CONT");
        paused = false;
    }

    private void signal(String name) {
        try {
            Process shell = RedisBinary.shell("kill -" + name + " " + pid());
            awaitEnd(shell);
            if (shell.exitValue() != 0) throw new IllegalStateException(this + " can't be sent SIG" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The letter after the name, which is in parentheses (proc_pid_stat(5)). */
    private static char stateIn(Path stat) {
        try {
            String line = Files.readString(stat);
            return line.charAt(line.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it again, on its port and in its directory, so with the data that it kept; terminates it first if it runs. */
    public RedisServer restart() {
        terminate();
        return start();
    }

    /** Like {@link #restart()}, but its disk is lost: the data is deleted. Its configuration and its place in a cluster stay. */
    public RedisServer restartEmpty() {
        kill();
        RedisBinary.delete(folder.resolve("appendonlydir"));
        RedisBinary.delete(folder.resolve("dump.rdb"));
        return start();
    }

    public int port() {
        return Integer.parseInt(option("port"));
    }

    /** Of the process that was started last. */
    public long pid() {
        return last().pid();
    }

    /** Whether it was started, has not ended and is not paused. */
    public boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive() && !paused;
    }

    /** What the running process used of all processors, user and system, since it started; it grows in steps of 10 ms. */
    public Duration cpuTime() {
        return last().info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException(this + " doesn't run, or its time can't be known here"));
    }

    private Process last() {
        Process running = process;
        if (running == null) throw new IllegalStateException(this + " was never started");
        return running;
    }

    /** {@link #ask(Duration, String...)} with a patience of 20 s. */
    public String ask(String... command) {
        return ask(PATIENCE, command);
    }

    /**
     * Sends a command over a connection of its own.
     *
     * @param patience how long to wait for the answer
     * @return a text or number as it is; the elements of an array, also of arrays in it, with a newline between two; "(nil)" for none
     * @throws Refused when the answer is an error
     * @throws UncheckedIOException when it isn't answered (it doesn't run, or is paused for longer)
     */
    public String ask(Duration patience, String... command) {
        String password = options.get("requirepass");
        return password == null
                ? RedisQuestion.ask(port(), patience, command)
                : RedisQuestion.ask(port(), patience, new String[] {"AUTH", password}, command);
    }

    /** One field of INFO, such as {@code role} or {@code connected_clients}; empty when there is no such field. */
    public String info(String field) {
        return ask("INFO", "all")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** Waits until it is so; a condition that throws (a {@link RuntimeException}) isn't met yet. */
    public void await(String what, BooleanSupplier condition) {
        await(what, List.of(this), condition);
    }

    static void await(String what, Collection<RedisServer> servers, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        RuntimeException last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.getAsBoolean()) return;
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            } catch (RuntimeException e) {
                last = e;
            }
        }
        StringBuilder message = new StringBuilder("Waited in vain for " + what + ".");
        for (RedisServer server : servers) message.append(' ').append(server.lastLines());
        throw new AssertionError(message.toString(), last);
    }

    /** How many lines of its log have this in them. */
    long logged(String part) {
        try {
            return log().stream().filter(line -> line.contains(part)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> log() throws IOException {
        return Files.readAllLines(log, StandardCharsets.UTF_8);
    }

    private String lastLines() {
        try {
            List<String> lines = log();
            List<String> end = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
            return "The log of " + this + " ends with:\n" + String.join("\n", end) + "\n";
        } catch (IOException e) {
            return "The log of " + this + " can't be read: " + e;
        }
    }

    String option(String name) {
        String value = options.get(name);
        if (value == null) throw new IllegalArgumentException(this + " has no option " + name);
        return value;
    }

    /** Kills it and removes its directory; after that it can't be started. */
    @Override
    public void close() {
        kill();
        RedisBinary.delete(folder);
    }

    @Override
    public String toString() {
        return "Redis at 127.0.0.1:" + options.get("port");
    }

    /** A port that nobody listens on, once in this JVM. */
    static int freePort() {
        while (true) {
            // Below the ports that systems give to outgoing connections: while a server is down, none must take its
            // place.
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (!PORTS.add(port)) continue;
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // It is in use; another one then.
            }
        }
    }

    private static Map<String, String> commonOptions() {
        return with(
                new LinkedHashMap<>(),
                "port",
                Integer.toString(freePort()),
                "bind",
                "127.0.0.1",
                "protected-mode",
                "no",
                "loglevel",
                "warning");
    }

    private static Map<String, String> dataOptions(String... options) {
        // DEBUG SLEEP is a test's tool, and a replica needn't wait for others that want the same copy.
        Map<String, String> ours = with(
                commonOptions(),
                "save",
                "",
                "appendonly",
                "no",
                "enable-debug-command",
                "yes",
                "repl-diskless-sync-delay",
                "0");
        return with(ours, options);
    }

    private static Map<String, String> with(Map<String, String> map, String... pairs) {
        if (pairs.length % 2 != 0) throw new IllegalArgumentException("An option without a value in " + List.of(pairs));
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
        return map;
    }

    /** A command was answered with an error; the message is the error as it came, such as {@code MOVED 42 127.0.0.1:20001}. */
    public static final class Refused extends RuntimeException {
        Refused(String error) {
            super(error);
        }
    }
}
