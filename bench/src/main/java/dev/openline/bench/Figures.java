package dev.openline.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What one round of a case gave for one server, or the medians of its rounds. */
final class Figures {
    private static final double BUSY = 0.9;
    private static final double DISTURBED = 0.1;

    private final Map<Figure, Double> values = new EnumMap<>(Figure.class);

    private Figures(ToDoubleFunction<Figure> value) {
        for (Figure figure : Figure.values()) values.put(figure, value.applyAsDouble(figure));
    }

    static Figures of(ToDoubleFunction<Figure> value) {
        return new Figures(value);
    }

    static Figures of(Window.Throughput throughput, Latencies latencies) {
        double messages = Math.max(1, throughput.messages());
        ProcessCpu cpu = throughput.server();
        return of(figure -> switch (figure) {
            case PER_SECOND -> throughput.messages() / throughput.seconds();
            case CPU_MICROS -> cpu.micros() / messages;
            case SYSTEM -> cpu.micros() == 0 ? 0 : (double) cpu.systemMicros() / cpu.micros();
            case P50 -> latencies.micros(50);
            case P99 -> latencies.micros(99);
            case P999 -> latencies.micros(99.9);
            case LATE -> latencies.sentLateMicros(99);
            case MISSING -> latencies.missingShare();
            case LOAD -> throughput.loadBusy();
            case OTHERS -> throughput.otherProcessors();
        });
    }

    double get(Figure figure) {
        return values.get(figure);
    }

    /** Each figure's median over the rounds. */
    static Figures median(List<Figures> rounds) {
        if (rounds.isEmpty()) throw new IllegalArgumentException("no rounds");
        return of(figure -> median(
                rounds.stream().mapToDouble(round -> round.get(figure)).sorted().toArray()));
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).sum() / 2;
    }

    /** These figures divided by the peer's, for {@link Figure#COMPARED} only. */
    Map<Figure, Double> ratioTo(Figures peer) {
        Map<Figure, Double> ratios = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.COMPARED) ratios.put(figure, get(figure) / peer.get(figure));
        return ratios;
    }

    /** Why these figures may say less about the server than they seem to; empty if nothing is known against them. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        if (get(Figure.LOAD) > BUSY)
            doubts.add(text(
                    "the load was %.0f %% busy: msg/s may be its limit, not the server's", get(Figure.LOAD) * 100));
        if (get(Figure.MISSING) > 0)
            doubts.add(text(
                    "%.1f %% were not back in time: this rate is too much for it, choose a lower one",
                    get(Figure.MISSING) * 100));
        if (get(Figure.LATE) > get(Figure.P99) / 2)
            doubts.add("the load was late itself, which is more than half of p99");
        if (get(Figure.OTHERS) > DISTURBED)
            doubts.add(text(
                    "something else took %.2f processors meanwhile: measure again when the machine is quiet",
                    get(Figure.OTHERS)));
        return doubts;
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
