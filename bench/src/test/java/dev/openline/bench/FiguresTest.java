package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static Figures with(Figure figure, double value) {
        return all(each -> each == figure ? value : 0);
    }

    private static Figures all(ToDoubleFunction<Figure> value) {
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) values.put(figure, value.applyAsDouble(figure));
        return Figures.of(values);
    }

    @Test
    void aMedianIsOfEachFigureByItself() {
        List<Figures> rounds = List.of(
                all(figure -> figure == Figure.CPU_MICROS ? 30 : 1),
                all(figure -> figure == Figure.CPU_MICROS ? 10 : 3),
                all(figure -> figure == Figure.CPU_MICROS ? 20 : 2));
        Figures median = Figures.median(rounds);
        assertThat(median.get(Figure.CPU_MICROS)).isEqualTo(20);
        assertThat(median.get(Figure.PER_SECOND)).isEqualTo(2);
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsIsBetweenTheMiddleTwo() {
        List<Figures> rounds =
                List.of(with(Figure.P50, 1), with(Figure.P50, 100), with(Figure.P50, 3), with(Figure.P50, 2));
        assertThat(Figures.median(rounds).get(Figure.P50)).isEqualTo(2.5);
    }

    @Test
    void thereIsNoMedianOfNothing() {
        assertThatThrownBy(() -> Figures.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRatioIsOursDividedByTheirsAndOnlyOfWhatTheServersDid() {
        Figures ours = all(figure -> 3);
        Figures theirs = all(figure -> figure == Figure.P99 ? 6 : 2);
        assertThat(ours.ratioTo(theirs))
                .containsOnly(
                        entry(Figure.PER_SECOND, 1.5),
                        entry(Figure.CPU_MICROS, 1.5),
                        entry(Figure.P50, 1.5),
                        entry(Figure.P99, 0.5),
                        entry(Figure.P999, 1.5),
                        entry(Figure.LINE_BYTES, 1.5));
    }

    @Test
    void thereIsNoRatioOfWhatOneOfTheTwoDoesNotHave() {
        Figures memory = Figures.of(Map.of(Figure.LINE_BYTES, 2.0));
        Figures echo = Figures.of(Map.of(Figure.CPU_MICROS, 2.0));
        assertThat(memory.ratioTo(echo)).isEmpty();
        assertThat(memory.get(Figure.CPU_MICROS)).isNull();
        assertThat(memory.doubts()).isEmpty();
    }

    @Test
    void aPercentileLiesBetweenTheRoundsItFallsBetween() {
        List<Figures> rounds = List.of(with(Figure.P50, 4), with(Figure.P50, 1), with(Figure.P50, 2));
        assertThat(Figures.percentile(rounds, 0.25).get(Figure.P50)).isEqualTo(1.5);
        assertThat(Figures.percentile(rounds.subList(0, 1), 0.25).get(Figure.P50))
                .isEqualTo(4);
    }

    @Test
    void theGeometricMeanIsOverTheCasesThatBothHave() {
        Results twice = results(4, 2);
        Results half = results(1, 8);
        Results alone = new Results("alone", Map.of("a", List.of(with(Figure.CPU_MICROS, 7))), Map.of("b", "broken"));
        assertThat(alone.ratio("b", "a")).isEmpty();
        assertThat(Results.geometricMeans(List.of(twice, half, alone), Figure.CPU_MICROS, "b"))
                .containsOnlyKeys("a", "b")
                .hasEntrySatisfying("a", mean -> assertThat(mean).isCloseTo(0.5, within(1e-9)))
                .hasEntrySatisfying("b", mean -> assertThat(mean).isCloseTo(1, within(1e-9)));
    }

    private static Results results(double a, double b) {
        return new Results(
                "case",
                Map.of("a", List.of(with(Figure.CPU_MICROS, a)), "b", List.of(with(Figure.CPU_MICROS, b))),
                Map.of());
    }

    @Test
    void figuresAreNotDoubtedWithoutAReason() {
        assertThat(all(figure -> switch (figure) {
                            case LOAD -> 0.9;
                            case OTHERS -> 0.1;
                            case MISSING -> 0;
                            default -> 100;
                        })
                        .doubts())
                .hasSize(1)
                .allMatch(doubt -> doubt.contains("late itself"));
        assertThat(with(Figure.P99, 100).doubts()).isEmpty();
    }

    @Test
    void aBusyLoadALateLoadAnUnquietMachineAndATooHighRateAreEachDoubted() {
        assertThat(with(Figure.LOAD, 0.91).doubts()).singleElement().asString().contains("the load was 91 % busy");
        assertThat(with(Figure.LATE, 1).doubts()).singleElement().asString().contains("late itself");
        assertThat(with(Figure.OTHERS, 0.5).doubts()).singleElement().asString().contains("0.50 processors");
        assertThat(with(Figure.MISSING, 0.25).doubts())
                .singleElement()
                .asString()
                .contains("25.0 %");
    }

    @Test
    void sharesAreShownAsPercentages() {
        assertThat(Figure.SYSTEM.text(0.634)).isEqualTo("63%");
        assertThat(Figure.MISSING.text(0.0016)).isEqualTo("0.2%");
        assertThat(Figure.PER_SECOND.text(1_234_567.8)).isEqualTo("1,234,568");
        assertThat(Figure.CPU_MICROS.text(7.125)).isEqualTo("7.13");
    }
}
