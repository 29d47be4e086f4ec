package dev.openline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/** The results for machines: the environment, and for every case each round, the medians and their ratio. */
final class JsonReport {
    private JsonReport() {}

    /** Writes everything and leaves {@code out} open. */
    static void write(Map<String, String> environment, List<Results> cases, Writer out) throws IOException {
        JsonFactory factory = JsonFactory.builder().build();
        try (JsonGenerator json = factory.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("environment");
            for (var each : environment.entrySet()) json.writeStringField(each.getKey(), each.getValue());
            json.writeEndObject();
            json.writeArrayFieldStart("cases");
            for (Results results : cases) write(results, json);
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(Results results, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", results.name());
        for (Peer peer : Peer.values()) {
            json.writeObjectFieldStart(peer.label());
            json.writeFieldName("median");
            write(results.median(peer), json);
            json.writeArrayFieldStart("rounds");
            for (Figures round : results.rounds().get(peer)) write(round, json);
            json.writeEndArray();
            json.writeArrayFieldStart("doubts");
            for (String doubt : results.median(peer).doubts()) json.writeString(doubt);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeObjectFieldStart("ratio");
        Map<Figure, Double> ratios = results.ratio();
        for (var each : ratios.entrySet()) number(each.getKey(), each.getValue(), json);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(Figures figures, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Figure figure : Figure.values()) number(figure, figures.get(figure), json);
        json.writeEndObject();
    }

    /** JSON has no word for a division by nothing. */
    private static void number(Figure figure, double value, JsonGenerator json) throws IOException {
        if (Double.isFinite(value)) json.writeNumberField(figure.jsonName(), value);
        else json.writeNullField(figure.jsonName());
    }
}
