package dev.openline.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one round of a case gave for one server, or a percentile of its rounds. A case gives some figures and not others. */
final class Figures {
    private static final double BUSY = 0.9;
    private static final double DISTURBED = 0.1;

    private final Map<Figure, Double> values;

    private Figures(Map<Figure, Double> values) {
        this.values = values;
    }

    static Figures of(Map<Figure, Double> values) {
        return new Figures(new EnumMap<>(values));
    }

    static Figures of(Window.Throughput throughput) {
        double messages = Math.max(1, throughput.messages());
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        values.put(Figure.PER_SECOND, throughput.messages() / throughput.seconds());
        values.put(Figure.CPU_MICROS, throughput.server().micros() / messages);
        values.put(Figure.SYSTEM, throughput.server().systemShare());
        values.put(Figure.SERVER, throughput.server().micros() / 1e6 / throughput.seconds());
        values.put(Figure.LOAD, throughput.loadBusy());
        values.put(Figure.OTHERS, throughput.otherProcessors());
        return new Figures(values);
    }

    /** A paced load spins, so how busy it was says nothing. */
    static Figures of(OpenLoad.Paced paced) {
        Map<Figure, Double> values = new EnumMap<>(of(paced.throughput()).values);
        Latencies latencies = paced.latencies();
        values.remove(Figure.LOAD);
        values.put(Figure.P50, latencies.micros(50));
        values.put(Figure.P99, latencies.micros(99));
        values.put(Figure.P999, latencies.micros(99.9));
        values.put(Figure.LATE, latencies.sentLateMicros(99));
        values.put(Figure.MISSING, latencies.missingShare());
        return new Figures(values);
    }

    static Figures of(MemoryCase.Memory grown, int lines) {
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        values.put(Figure.LINE_BYTES, (double) (grown.heapBytes() + grown.residentBytes()) / lines);
        values.put(Figure.HEAP_BYTES, (double) grown.heapBytes() / lines);
        values.put(Figure.RESIDENT_BYTES, (double) grown.residentBytes() / lines);
        return new Figures(values);
    }

    /** The figure, or null if the case has none such. */
    @Nullable
    Double get(Figure figure) {
        return values.get(figure);
    }

    private double or0(Figure figure) {
        return values.getOrDefault(figure, 0.0);
    }

    /** Each figure's median over the rounds. */
    static Figures median(List<Figures> rounds) {
        return percentile(rounds, 0.5);
    }

    /** Each figure's percentile over the rounds, between two of them where it falls there. */
    static Figures percentile(List<Figures> rounds, double share) {
        if (rounds.isEmpty()) throw new IllegalArgumentException("no rounds");
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        for (Figure figure : rounds.get(0).values.keySet()) {
            double[] sorted = rounds.stream()
                    .mapToDouble(round -> round.or0(figure))
                    .sorted()
                    .toArray();
            double place = share * (sorted.length - 1);
            int below = (int) place;
            int above = Math.min(below + 1, sorted.length - 1);
            values.put(figure, sorted[below] + (place - below) * (sorted[above] - sorted[below]));
        }
        return new Figures(values);
    }

    /** These figures divided by the peer's, for {@link Figure#COMPARED} only. */
    Map<Figure, Double> ratioTo(Figures peer) {
        Map<Figure, Double> ratios = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.COMPARED) {
            Double ours = get(figure);
            Double theirs = peer.get(figure);
            if (ours != null && theirs != null) ratios.put(figure, ours / theirs);
        }
        return ratios;
    }

    /** Why these figures may say less about the server than they seem to; empty if nothing is known against them. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        if (or0(Figure.LOAD) > BUSY)
            doubts.add(text(
                    "the load was %.0f %% busy: msg/s may be its limit, not the server's", or0(Figure.LOAD) * 100));
        if (or0(Figure.MISSING) > 0)
            doubts.add(text(
                    "%.1f %% were not back in time: this rate is too much for it, choose a lower one",
                    or0(Figure.MISSING) * 100));
        if (or0(Figure.LATE) > or0(Figure.P99) / 2)
            doubts.add("the load was late itself, which is more than half of p99");
        if (or0(Figure.OTHERS) > DISTURBED)
            doubts.add(text(
                    "something else took %.2f processors meanwhile: measure again when the machine is quiet",
                    or0(Figure.OTHERS)));
        return doubts;
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
