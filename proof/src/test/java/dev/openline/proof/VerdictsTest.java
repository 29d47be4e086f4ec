package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictsTest {
    @TempDir
    Path folder;

    private Verdicts read(String... cases) throws IOException {
        Path index = folder.resolve("index.json");
        Files.writeString(index, "{\"Openline\": {" + String.join(", ", cases) + "}}");
        return Verdicts.read(index);
    }

    private static String verdict(String id, String behaviour, String closing) {
        return "\"" + id + "\": {\"behavior\": \"" + behaviour + "\", \"behaviorClose\": \"" + closing
                + "\", \"duration\": 2, \"remoteCloseCode\": null, \"reportfile\": \"x.json\"}";
    }

    @Test
    void aCaseFailsByItsBehaviourOrByItsClosing() throws IOException {
        Verdicts verdicts = read(
                verdict("7.1.1", "OK", "FAILED"),
                verdict("1.1.1", "OK", "OK"),
                verdict("1.1.2", "FAILED", "OK"),
                verdict("12.1.1", "UNIMPLEMENTED", "OK"),
                verdict("7.1.6", "INFORMATIONAL", "INFORMATIONAL"),
                verdict("6.4.1", "NON-STRICT", "OK"));

        assertThat(verdicts.size()).isEqualTo(6);
        assertThat(verdicts.failures()).extracting(Verdicts.Verdict::id).containsExactly("1.1.2", "7.1.1");
    }

    @Test
    void aTableCountsEverySection() throws IOException {
        StringWriter out = new StringWriter();

        read(verdict("10.1.1", "OK", "OK"), verdict("1.1.1", "OK", "OK"), verdict("1.1.2", "WRONG CODE", "OK"))
                .print(new PrintWriter(out));

        assertThat(out.toString())
                .containsPattern(
                        "1 framing +2 +1 +0 +0 +0 +1\n10 automatic fragmentation +1 +1 +0 +0 +0 +0\nall +3 +2 ")
                .contains("failed: 1.1.2, WRONG CODE, closing OK");
    }
}
