package dev.openline.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The time a process has been on the CPU, by the operating system's account: in hundredths of a second, split into its own code and the
 * kernel's, and in nanoseconds, by thread.
 *
 * @param userMicros in its own code
 * @param systemMicros in the kernel on its behalf; 0 where the system tells only the sum
 * @param threadNanos by thread, both together; empty where the system does not tell
 */
record ProcessCpu(long userMicros, long systemMicros, Map<String, Long> threadNanos) {
    /** Linux tells processes' times in hundredths of a second on every platform that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    static ProcessCpu of(ProcessHandle process) throws IOException {
        Path folder = Path.of("/proc", Long.toString(process.pid()));
        if (Files.isReadable(folder.resolve("stat"))) {
            ProcessCpu ticks = parse(Files.readString(folder.resolve("stat")));
            return new ProcessCpu(ticks.userMicros, ticks.systemMicros, threads(folder.resolve("task")));
        }
        long total = process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell a process's CPU time"))
                .toNanos();
        return new ProcessCpu(total / 1_000, 0, Map.of());
    }

    /** The first field of every thread's schedstat. A kernel may be built without it. */
    private static Map<String, Long> threads(Path tasks) throws IOException {
        Map<String, Long> nanos = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path thread : all) {
                String schedstat = Files.readString(thread.resolve("schedstat"));
                nanos.put(thread.getFileName().toString(), Long.parseLong(schedstat, 0, schedstat.indexOf(' '), 10));
            }
        } catch (NoSuchFileException e) {
            // A thread ended meanwhile, or there is no such file at all: the coarse account has it.
            return Map.of();
        }
        return nanos;
    }

    /** Fields 14 and 15 of proc(5)'s stat; the second one, the command in parentheses, may hold anything. */
    static ProcessCpu parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessCpu(
                Long.parseLong(fields[11]) * MICROS_PER_TICK, Long.parseLong(fields[12]) * MICROS_PER_TICK, Map.of());
    }

    /** The time that all processors together were busy with processes, or taken by the host; 0 where the system does not tell. */
    static long wholeMachineMicros() throws IOException {
        Path stat = Path.of("/proc/stat");
        return Files.isReadable(stat)
                ? parseWholeMachine(Files.readAllLines(stat).get(0))
                : 0;
    }

    /**
     * The first line of proc(5)'s /proc/stat: user, nice, system and steal. Time in interrupts is left out, since the two ends of a
     * loopback line cause it and are not always charged for it.
     */
    static long parseWholeMachine(String line) {
        String[] fields = line.trim().split(" +");
        long steal = fields.length > 8 ? Long.parseLong(fields[8]) : 0;
        return (Long.parseLong(fields[1]) + Long.parseLong(fields[2]) + Long.parseLong(fields[3]) + steal)
                * MICROS_PER_TICK;
    }

    /** What was used since then. */
    Used since(ProcessCpu before) {
        long ticks = userMicros + systemMicros - before.userMicros - before.systemMicros;
        double system = ticks == 0 ? 0 : (double) (systemMicros - before.systemMicros) / ticks;
        if (threadNanos.isEmpty() || before.threadNanos.isEmpty()) return new Used(ticks, system);
        long nanos = 0;
        for (var thread : threadNanos.entrySet()) {
            nanos += thread.getValue() - before.threadNanos.getOrDefault(thread.getKey(), 0L);
        }
        // Threads that ended are only in the coarse account, which may be off by a tick at either end.
        return new Used(Math.max(nanos / 1e3, ticks - 2 * MICROS_PER_TICK), system);
    }

    /**
     * Time on the CPU between two looks.
     *
     * @param systemShare the kernel's part of it, 0 to 1
     */
    record Used(double micros, double systemShare) {}
}
