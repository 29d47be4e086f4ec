package dev.openline.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time over which throughput and its price are measured.
 *
 * @param server whose time on the CPU is the price
 */
record Window(double seconds, ProcessHandle server) {
    /**
     * What a window gave.
     *
     * @param seconds how long it really was
     * @param server the server's time on the CPU in it
     * @param loadBusy the part of the window that the load's thread was on the CPU, 0 to 1
     * @param otherProcessors processors that were taken by neither of the two
     */
    record Throughput(long messages, double seconds, ProcessCpu.Used server, double loadBusy, double otherProcessors) {}

    /** What happens in the window. */
    interface Work {
        void run() throws IOException;
    }

    private record Accounts(long nanos, long messages, ProcessCpu server, long thread, ProcessCpu self, long machine) {}

    long nanos() {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /** @param messages counts messages that came back; read at both ends */
    Throughput measure(LongSupplier messages, Work work) throws IOException {
        Accounts before = accounts(messages);
        work.run();
        Accounts after = accounts(messages);
        double took = (after.nanos - before.nanos) / 1e9;
        ProcessCpu.Used price = after.server.since(before.server);
        double ofBoth = price.micros() + after.self.since(before.self).micros();
        return new Throughput(
                after.messages - before.messages,
                took,
                price,
                (after.thread - before.thread) / 1e9 / took,
                Math.max(0, (after.machine - before.machine - ofBoth) / 1e6 / took));
    }

    private Accounts accounts(LongSupplier messages) throws IOException {
        return new Accounts(
                System.nanoTime(),
                messages.getAsLong(),
                ProcessCpu.of(server),
                ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(),
                ProcessCpu.of(ProcessHandle.current()),
                ProcessCpu.wholeMachineMicros());
    }
}
