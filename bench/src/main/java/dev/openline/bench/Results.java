package dev.openline.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one case gave.
 *
 * @param name the case
 * @param rounds every round's figures by server's label, in the order they were measured; at least one for each
 * @param failures why a server has no figures, by its label
 */
record Results(String name, Map<String, List<Figures>> rounds, Map<String, String> failures) {
    /** The labels of the servers that have figures. */
    List<String> labels() {
        return List.copyOf(rounds.keySet());
    }

    Figures median(String label) {
        return Figures.median(figures(label));
    }

    /** The quarter of the rounds that was best, its upper end: what is left when the machine's noise is taken off. */
    Figures lowerQuartile(String label) {
        return Figures.percentile(figures(label), 0.25);
    }

    private List<Figures> figures(String label) {
        List<Figures> figures = rounds.get(label);
        if (figures == null) throw new IllegalArgumentException(label + " has no figures in " + name);
        return figures;
    }

    /** A server's figures divided by the baseline's, of the medians; empty if one of the two has none. */
    Map<Figure, Double> ratio(String label, String baseline) {
        return rounds.containsKey(label) && rounds.containsKey(baseline)
                ? median(label).ratioTo(median(baseline))
                : Map.of();
    }

    /** By server: the geometric mean of a figure's ratio to the baseline over all cases that both have, if there is one. */
    static Map<String, Double> geometricMeans(List<Results> all, Figure figure, String baseline) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (Results results : all) {
            for (String label : results.labels()) {
                Double ratio = results.ratio(label, baseline).get(figure);
                if (ratio == null || !(ratio > 0) || !Double.isFinite(ratio)) continue;
                double[] sum = sums.computeIfAbsent(label, first -> new double[2]);
                sum[0] += Math.log(ratio);
                sum[1]++;
            }
        }
        Map<String, Double> means = new TreeMap<>();
        sums.forEach((label, sum) -> means.put(label, Math.exp(sum[0] / sum[1])));
        return means;
    }

    /** The value of a figure's median, or null. */
    @Nullable
    Double median(String label, Figure figure) {
        return rounds.containsKey(label) ? median(label).get(figure) : null;
    }
}
