package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Results RESULTS = new Results(
            "echo 20 B",
            Map.of(
                    Peer.OPENLINE,
                    List.of(all(1), all(3), all(2)),
                    Peer.NETTY,
                    List.of(all(4), all(4), Figures.of(figure -> figure == Figure.P50 ? 0 : 4))));

    private static Figures all(double value) {
        return Figures.of(figure -> value);
    }

    @Test
    void theFileForMachinesHoldsEveryRoundTheMediansAndTheRatio() throws IOException {
        StringWriter out = new StringWriter();
        JsonReport.write(Map.of("kernel", "K 1"), List.of(RESULTS), out);
        Map<String, String> values = leaves(out.toString());
        assertThat(values)
                .containsEntry("/environment/kernel", "K 1")
                .containsEntry("/cases/0/name", "echo 20 B")
                .containsEntry("/cases/0/openline/median/serverCpuMicrosPerMessage", "2.0")
                .containsEntry("/cases/0/openline/rounds/1/serverCpuMicrosPerMessage", "3.0")
                .containsEntry("/cases/0/netty/rounds/2/latencyP50Micros", "0.0")
                .containsEntry("/cases/0/ratio/serverCpuMicrosPerMessage", "0.5")
                .doesNotContainKey("/cases/0/ratio/loadBusyShare");
        assertThat(values.get("/cases/0/netty/doubts/0")).contains("busy");
    }

    @Test
    void aDivisionByNothingIsNullForMachines() throws IOException {
        StringWriter out = new StringWriter();
        Results nothing = new Results("x", Map.of(Peer.OPENLINE, List.of(all(1)), Peer.NETTY, List.of(all(0))));
        JsonReport.write(Map.of(), List.of(nothing), out);
        assertThat(leaves(out.toString())).containsEntry("/cases/0/ratio/messagesPerSecond", "null");
    }

    @Test
    void theTableHasAColumnForEveryFigureAndSaysWhatSpeaksAgainstIt() {
        StringWriter out = new StringWriter();
        TableReport table = new TableReport(new PrintWriter(out));
        table.begin(Map.of("kernel", "K 1"));
        table.add(RESULTS);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(0)).startsWith("kernel").endsWith("K 1");
        assertThat(lines.get(2)).isEqualTo("echo 20 B");
        for (Figure figure : Figure.values()) assertThat(lines.get(3)).contains(figure.heading());
        assertThat(lines.get(4)).startsWith("openline").contains("2.00").hasSameSizeAs(lines.get(3));
        assertThat(lines.get(5)).startsWith("netty");
        assertThat(lines.get(6)).startsWith("ratio").contains("0.50");
        assertThat(lines.get(7)).startsWith("  ! openline: ");
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
