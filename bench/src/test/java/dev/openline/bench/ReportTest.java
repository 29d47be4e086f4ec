package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Results RESULTS = new Results(
            "echo 20 B",
            rounds(List.of(all(1), all(3), all(2)), List.of(all(4), all(4), with(Figure.P50, 0))),
            Map.of("broken", "it ended"));

    private static Map<String, List<Figures>> rounds(List<Figures> ours, List<Figures> theirs) {
        Map<String, List<Figures>> rounds = new LinkedHashMap<>();
        rounds.put("ours", ours);
        rounds.put("theirs", theirs);
        return rounds;
    }

    private static Figures all(double value) {
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) values.put(figure, value);
        return Figures.of(values);
    }

    private static Figures with(Figure figure, double value) {
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        for (Figure each : Figure.values()) values.put(each, each == figure ? value : 4);
        return Figures.of(values);
    }

    @Test
    void theFileForMachinesHoldsEveryRoundTheMediansAndTheRatio() throws IOException {
        StringWriter out = new StringWriter();
        JsonReport.write(Map.of("kernel", "K 1"), "theirs", List.of(RESULTS), out);
        Map<String, String> values = leaves(out.toString());
        assertThat(values)
                .containsEntry("/environment/kernel", "K 1")
                .containsEntry("/cases/0/name", "echo 20 B")
                .containsEntry("/cases/0/servers/ours/median/serverCpuMicrosPerMessage", "2.0")
                .containsEntry("/cases/0/servers/ours/rounds/1/serverCpuMicrosPerMessage", "3.0")
                .containsEntry("/cases/0/servers/theirs/rounds/2/latencyP50Micros", "0.0")
                .containsEntry("/cases/0/servers/ours/lowerQuartile/serverCpuMicrosPerMessage", "1.5")
                .containsEntry("/cases/0/servers/ours/ratio/serverCpuMicrosPerMessage", "0.5")
                .containsEntry("/cases/0/failures/broken", "it ended")
                .containsEntry("/geometricMeanOfCpuRatios/ours", "0.5")
                .doesNotContainKey("/cases/0/servers/ours/ratio/loadBusyShare");
        assertThat(values.get("/cases/0/servers/theirs/doubts/0")).contains("busy");
    }

    @Test
    void aDivisionByNothingIsNullForMachines() throws IOException {
        StringWriter out = new StringWriter();
        Results nothing = new Results("x", rounds(List.of(all(1)), List.of(all(0))), Map.of());
        JsonReport.write(Map.of(), "theirs", List.of(nothing), out);
        assertThat(leaves(out.toString())).containsEntry("/cases/0/servers/ours/ratio/messagesPerSecond", "null");
    }

    @Test
    void theTableHasAColumnForEveryFigureAndSaysWhatSpeaksAgainstIt() {
        StringWriter out = new StringWriter();
        TableReport table = new TableReport(new PrintWriter(out), "theirs");
        table.begin(Map.of("kernel", "K 1"));
        table.add(RESULTS);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(0)).startsWith("kernel").endsWith("K 1");
        assertThat(lines.get(2)).isEqualTo("echo 20 B");
        for (Figure figure : Figure.values()) assertThat(lines.get(3)).contains(figure.heading());
        assertThat(lines.get(4))
                .startsWith("ours")
                .contains("2.00", "1.50", "0.50")
                .hasSameSizeAs(lines.get(3));
        assertThat(lines.get(5)).startsWith("theirs").contains("1.00");
        assertThat(lines.get(6)).startsWith("  ! ours: ");
        assertThat(out.toString()).contains("  ! broken failed: it ended");
    }

    @Test
    void theTableOfAllCasesEndsWithTheMeanOfTheRatios() {
        StringWriter out = new StringWriter();
        Figures memory = Figures.of(Map.of(Figure.LINE_BYTES, 900.0));
        Results third = new Results("memory", rounds(List.of(memory), List.of(memory)), Map.of());
        new TableReport(new PrintWriter(out), "theirs").end(List.of(RESULTS, RESULTS, third));
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(2)).contains("ours", "theirs");
        assertThat(lines.get(3)).startsWith("echo 20 B").contains("2.00 (0.50)", "4.00 (1.00)");
        assertThat(lines.get(5)).startsWith("geometric mean").contains("0.50", "1.00");
        assertThat(out.toString()).doesNotContain("memory");
    }

    /** Every scalar by its path. */
    private static Map<String, String> leaves(String text) throws IOException {
        Map<String, String> leaves = new LinkedHashMap<>();
        try (JsonParser json = JsonFactory.builder().build().createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isScalarValue())
                    leaves.put(json.getParsingContext().pathAsPointer().toString(), json.getText());
            }
        }
        return leaves;
    }
}
