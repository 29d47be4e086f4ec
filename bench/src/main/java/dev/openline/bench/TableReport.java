package dev.openline.bench;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results for people: medians side by side, and what speaks against them. */
final class TableReport {
    private static final int LABEL_WIDTH = 10;

    private final PrintWriter out;

    TableReport(PrintWriter out) {
        this.out = out;
    }

    void begin(Map<String, String> environment) {
        environment.forEach((name, value) -> out.printf("%-20s%s%n", name, value));
        out.flush();
    }

    void add(Results results) {
        out.printf("%n%s%n", results.name());
        StringBuilder headings = new StringBuilder(" ".repeat(LABEL_WIDTH));
        for (Figure figure : Figure.values()) headings.append(cell(figure, figure.heading()));
        out.println(headings);
        for (Peer peer : Peer.values()) {
            Figures median = results.median(peer);
            StringBuilder row = new StringBuilder(label(peer.label()));
            for (Figure figure : Figure.values()) row.append(cell(figure, figure.text(median.get(figure))));
            out.println(row);
        }
        Map<Figure, Double> ratios = results.ratio();
        StringBuilder row = new StringBuilder(label("ratio"));
        for (Figure figure : Figure.values()) row.append(cell(figure, ratio(ratios.get(figure))));
        out.println(row.toString().stripTrailing());
        for (Peer peer : Peer.values()) {
            for (String doubt : results.median(peer).doubts()) out.printf("  ! %s: %s%n", peer.label(), doubt);
        }
        out.flush();
    }

    private static String ratio(@Nullable Double ratio) {
        if (ratio == null) return "";
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "-";
    }

    private static String label(String text) {
        return String.format("%-" + LABEL_WIDTH + "s", text);
    }

    private static String cell(Figure figure, String text) {
        return String.format(" %" + figure.width() + "s", text);
    }
}
