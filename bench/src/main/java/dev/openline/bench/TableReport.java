package dev.openline.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results for people: medians side by side, what speaks against them, and all cases in one table at the end. */
final class TableReport {
    private static final int LABEL_WIDTH = 18;
    private static final int RATIO_WIDTH = 9;

    private final PrintWriter out;
    private final String baseline;

    TableReport(PrintWriter out, String baseline) {
        this.out = out;
        this.baseline = baseline;
    }

    void begin(Map<String, String> environment) {
        environment.forEach((name, value) -> out.printf("%-20s%s%n", name, value));
        out.flush();
    }

    void add(Results results) {
        out.printf("%n%s%n", results.name());
        List<Figure> columns = columns(results);
        StringBuilder headings = new StringBuilder(label(""));
        for (Figure figure : columns) {
            headings.append(cell(figure.width(), figure.heading()));
            if (isPrice(figure)) headings.append(cell(RATIO_WIDTH, "p25")).append(cell(RATIO_WIDTH, "ratio"));
        }
        out.println(headings);
        for (String label : results.labels()) out.println(row(results, label, columns));
        for (String label : results.labels()) {
            for (String doubt : results.median(label).doubts()) out.printf("  ! %s: %s%n", label, doubt);
        }
        results.failures().forEach((label, why) -> out.printf("  ! %s failed: %s%n", label, why));
        out.flush();
    }

    /** Every figure that any server of this case has. */
    private static List<Figure> columns(Results results) {
        List<Figure> columns = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            if (results.labels().stream().anyMatch(label -> results.median(label, figure) != null)) columns.add(figure);
        }
        return columns;
    }

    private static boolean isPrice(Figure figure) {
        return figure == Figure.CPU_MICROS || figure == Figure.LINE_BYTES;
    }

    private String row(Results results, String label, List<Figure> columns) {
        Map<Figure, Double> ratios = results.ratio(label, baseline);
        StringBuilder row = new StringBuilder(label(label));
        for (Figure figure : columns) {
            row.append(cell(figure.width(), text(figure, results.median(label, figure))));
            if (!isPrice(figure)) continue;
            row.append(
                    cell(RATIO_WIDTH, text(figure, results.lowerQuartile(label).get(figure))));
            row.append(cell(RATIO_WIDTH, ratio(ratios.get(figure))));
        }
        return row.toString().stripTrailing();
    }

    /** The price of a message in all cases, each with its ratio to the baseline, and the geometric means of the ratios. */
    void end(List<Results> all) {
        List<Results> priced = all.stream()
                .filter(results -> columns(results).contains(Figure.CPU_MICROS))
                .toList();
        if (priced.size() < 2) return;
        List<String> labels = priced.stream()
                .flatMap(results -> results.labels().stream())
                .distinct()
                .toList();
        out.printf("%nServer CPU us per message, medians, and ratios to %s%n", baseline);
        StringBuilder headings = new StringBuilder(" ".repeat(40));
        for (String label : labels) headings.append(cell(LABEL_WIDTH, label));
        out.println(headings);
        for (Results results : priced) {
            StringBuilder row = new StringBuilder(String.format("%-40s", results.name()));
            for (String label : labels) {
                Double price = results.median(label, Figure.CPU_MICROS);
                String ratio = ratio(results.ratio(label, baseline).get(Figure.CPU_MICROS));
                String text = text(Figure.CPU_MICROS, price);
                row.append(cell(LABEL_WIDTH, ratio.isEmpty() ? text : text + " (" + ratio + ")"));
            }
            out.println(row.toString().stripTrailing());
        }
        Map<String, Double> means = Results.geometricMeans(priced, Figure.CPU_MICROS, baseline);
        StringBuilder row = new StringBuilder(String.format("%-40s", "geometric mean of the ratios"));
        for (String label : labels) row.append(cell(LABEL_WIDTH, ratio(means.get(label))));
        out.println(row.toString().stripTrailing());
        out.flush();
    }

    private static String text(Figure figure, @Nullable Double value) {
        return value == null ? "" : figure.text(value);
    }

    private static String ratio(@Nullable Double ratio) {
        if (ratio == null) return "";
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "-";
    }

    private static String label(String text) {
        return String.format("%-" + LABEL_WIDTH + "s", text);
    }

    private static String cell(int width, String text) {
        return String.format(" %" + width + "s", text);
    }
}
