package dev.openline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The time a process has been on the CPU, by the operating system's account.
 *
 * @param userMicros in its own code
 * @param systemMicros in the kernel on its behalf; 0 where the system tells only the sum
 */
record ProcessCpu(long userMicros, long systemMicros) {
    /** Linux tells processes' times in hundredths of a second on every platform that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    static ProcessCpu of(ProcessHandle process) throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        if (Files.isReadable(stat)) return parse(Files.readString(stat));
        long total = process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell a process's CPU time"))
                .toNanos();
        return new ProcessCpu(total / 1_000, 0);
    }

    /** Fields 14 and 15 of proc(5)'s stat; the second one, the command in parentheses, may hold anything. */
    static ProcessCpu parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessCpu(
                Long.parseLong(fields[11]) * MICROS_PER_TICK, Long.parseLong(fields[12]) * MICROS_PER_TICK);
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

    ProcessCpu since(ProcessCpu before) {
        return new ProcessCpu(userMicros - before.userMicros, systemMicros - before.systemMicros);
    }

    long micros() {
        return userMicros + systemMicros;
    }
}
