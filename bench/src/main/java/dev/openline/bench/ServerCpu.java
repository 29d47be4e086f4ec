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
record ServerCpu(long userMicros, long systemMicros) {
    /** Linux tells processes' times in hundredths of a second on every platform that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    static ServerCpu of(ProcessHandle process) throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        if (Files.isReadable(stat)) return parse(Files.readString(stat));
        long total = process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell a process's CPU time"))
                .toNanos();
        return new ServerCpu(total / 1_000, 0);
    }

    /** Fields 14 and 15 of proc(5)'s stat; the second one, the command in parentheses, may hold anything. */
    static ServerCpu parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ServerCpu(
                Long.parseLong(fields[11]) * MICROS_PER_TICK, Long.parseLong(fields[12]) * MICROS_PER_TICK);
    }

    ServerCpu since(ServerCpu before) {
        return new ServerCpu(userMicros - before.userMicros, systemMicros - before.systemMicros);
    }

    long micros() {
        return userMicros + systemMicros;
    }
}
