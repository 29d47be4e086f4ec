package dev.openline.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What Autobahn found about one agent: for each case how it behaved, and how its line ended. */
final class Verdicts {
    /** One of them. */
    record Verdict(String id, String behaviour, String closing) {
        int section() {
            return Integer.parseInt(id.substring(0, id.indexOf('.')));
        }

        private boolean isFailure() {
            return !PASSING.contains(behaviour) || !PASSING.contains(closing);
        }
    }

    private static final Set<String> PASSING = Set.of("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED");

    private static final Map<Integer, String> SECTIONS = Map.ofEntries(
            Map.entry(1, "framing"),
            Map.entry(2, "pings and pongs"),
            Map.entry(3, "reserved bits"),
            Map.entry(4, "opcodes"),
            Map.entry(5, "fragmentation"),
            Map.entry(6, "UTF-8"),
            Map.entry(7, "closing handshake"),
            Map.entry(9, "limits"),
            Map.entry(10, "automatic fragmentation"),
            Map.entry(12, "compression of payloads"),
            Map.entry(13, "compression with parameters"));

    private final List<Verdict> verdicts;

    private Verdicts(List<Verdict> verdicts) {
        this.verdicts = verdicts;
    }

    /** Reads the index of a report. */
    static Verdicts read(Path index) throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        try (JsonParser json = JsonFactory.builder().build().createParser(index.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                json.nextToken();
                while (json.nextToken() == JsonToken.FIELD_NAME) verdicts.add(verdict(json.currentName(), json));
            }
        }
        verdicts.sort(Comparator.comparing(Verdict::section));
        return new Verdicts(verdicts);
    }

    private static Verdict verdict(String id, JsonParser json) throws IOException {
        Map<String, @Nullable String> fields = new TreeMap<>();
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            fields.put(name, json.getValueAsString());
        }
        return new Verdict(id, String.valueOf(fields.get("behavior")), String.valueOf(fields.get("behaviorClose")));
    }

    int size() {
        return verdicts.size();
    }

    /** What does not pass, in the order of the cases. */
    List<Verdict> failures() {
        return verdicts.stream().filter(Verdict::isFailure).toList();
    }

    /** A table of the sections, and a line for each failure. */
    void print(PrintWriter out) {
        out.printf(
                "%-30s %5s %5s %11s %14s %14s %7s%n",
                "", "cases", "OK", "non-strict", "informational", "unimplemented", "failed");
        Map<Integer, List<Verdict>> sections = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            sections.computeIfAbsent(verdict.section(), any -> new ArrayList<>())
                    .add(verdict);
        }
        sections.forEach((section, all) -> row(section + " " + SECTIONS.getOrDefault(section, ""), all, out));
        row("all", verdicts, out);
        for (Verdict verdict : failures()) {
            out.printf("failed: %s, %s, closing %s%n", verdict.id(), verdict.behaviour(), verdict.closing());
        }
        out.flush();
    }

    private static void row(String name, List<Verdict> all, PrintWriter out) {
        List<Verdict> passed =
                all.stream().filter(verdict -> !verdict.isFailure()).toList();
        out.printf(
                "%-30s %5d %5d %11d %14d %14d %7d%n",
                name,
                all.size(),
                count(passed, "OK"),
                count(passed, "NON-STRICT"),
                count(passed, "INFORMATIONAL"),
                count(passed, "UNIMPLEMENTED"),
                all.size() - passed.size());
    }

    private static long count(List<Verdict> verdicts, String behaviour) {
        return verdicts.stream()
                .filter(verdict -> verdict.behaviour().equals(behaviour))
                .count();
    }
}
