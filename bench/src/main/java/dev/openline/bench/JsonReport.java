package dev.openline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results for machines: the environment, and for every case each round, the medians and their ratio to the baseline. */
final class JsonReport {
    private JsonReport() {}

    /** Writes everything and leaves {@code out} open. */
    static void write(Map<String, String> environment, String baseline, List<Results> cases, Writer out)
            throws IOException {
        JsonFactory factory = JsonFactory.builder().build();
        try (JsonGenerator json = factory.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("environment");
            for (var each : environment.entrySet()) json.writeStringField(each.getKey(), each.getValue());
            json.writeEndObject();
            json.writeStringField("baseline", baseline);
            json.writeArrayFieldStart("cases");
            for (Results results : cases) write(results, baseline, json);
            json.writeEndArray();
            json.writeObjectFieldStart("geometricMeanOfCpuRatios");
            for (var each :
                    Results.geometricMeans(cases, Figure.CPU_MICROS, baseline).entrySet()) {
                json.writeNumberField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void write(Results results, String baseline, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", results.name());
        json.writeObjectFieldStart("servers");
        for (String label : results.labels()) {
            json.writeObjectFieldStart(label);
            write("median", results.median(label), json);
            write("lowerQuartile", results.lowerQuartile(label), json);
            json.writeArrayFieldStart("rounds");
            for (Figures round : results.rounds().getOrDefault(label, List.of())) write(round, json);
            json.writeEndArray();
            json.writeObjectFieldStart("ratio");
            for (var each : results.ratio(label, baseline).entrySet()) number(each.getKey(), each.getValue(), json);
            json.writeEndObject();
            json.writeArrayFieldStart("doubts");
            for (String doubt : results.median(label).doubts()) json.writeString(doubt);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("failures");
        for (var each : results.failures().entrySet()) json.writeStringField(each.getKey(), each.getValue());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(String name, Figures figures, JsonGenerator json) throws IOException {
        json.writeFieldName(name);
        write(figures, json);
    }

    private static void write(Figures figures, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Figure figure : Figure.values()) {
            Double value = figures.get(figure);
            if (value != null) number(figure, value, json);
        }
        json.writeEndObject();
    }

    /** JSON has no word for a division by nothing. */
    private static void number(Figure figure, @Nullable Double value, JsonGenerator json) throws IOException {
        if (value != null && Double.isFinite(value)) json.writeNumberField(figure.jsonName(), value);
        else json.writeNullField(figure.jsonName());
    }
}
