package dev.openline.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What one round of a case gave for one server.
 *
 * @param perSecond messages, or deliveries, a second
 * @param cpuMicros the server's time on the CPU per message
 * @param system the kernel's share of that, 0 to 1
 * @param p50 microseconds, like the next two
 * @param generator how busy the load's thread was, 0 to 1
 */
record Figures(
        double perSecond, double cpuMicros, double system, double p50, double p99, double p999, double generator) {
    /** From this on the load itself may be what limits. */
    static final double BUSY = 0.9;

    static Figures of(Load.Throughput throughput, ServerCpu cpu, Histogram latency) {
        double messages = Math.max(1, throughput.messages());
        return new Figures(
                throughput.messages() / throughput.seconds(),
                cpu.micros() / messages,
                cpu.micros() == 0 ? 0 : (double) cpu.systemMicros() / cpu.micros(),
                latency.getValueAtPercentile(50) / 1e3,
                latency.getValueAtPercentile(99) / 1e3,
                latency.getValueAtPercentile(99.9) / 1e3,
                throughput.busy());
    }

    /** Each figure's median over the rounds. */
    static Figures median(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::perSecond),
                median(rounds, Figures::cpuMicros),
                median(rounds, Figures::system),
                median(rounds, Figures::p50),
                median(rounds, Figures::p99),
                median(rounds, Figures::p999),
                median(rounds, Figures::generator));
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        double[] values = rounds.stream().mapToDouble(figure).sorted().toArray();
        if (values.length == 0) throw new IllegalArgumentException("no rounds");
        int middle = values.length / 2;
        return values.length % 2 == 1
                ? values[middle]
                : Arrays.stream(values, middle - 1, middle + 1).average().getAsDouble();
    }
}
