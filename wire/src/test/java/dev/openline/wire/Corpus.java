package dev.openline.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The inputs a fuzz target begins with, and those that once broke something: a text file beside the target, one input a
 * line, as a name and its bytes. Visible ASCII stands for itself; {@code \r \n \t \\} and {@code \xHH} for the rest.
 */
public final class Corpus {
    private Corpus() {}

    /** The inputs of a target, by their names, from {@code corpus/SimpleName.txt} beside its class. */
    public static Map<String, byte[]> of(Class<?> target) {
        String file = "corpus/" + target.getSimpleName() + ".txt";
        try (InputStream in = target.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no " + file + " beside " + target.getName());
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, byte[]> parse(String text, String file) {
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(": ");
            if (colon < 0) {
                throw new IllegalStateException(file + " has a line without a name: " + line);
            }
            if (inputs.put(line.substring(0, colon), unescaped(line.substring(colon + 2))) != null) {
                throw new IllegalStateException(file + " has two inputs named " + line.substring(0, colon));
            }
        }
        return inputs;
    }

    /** An input as it stands in a corpus file. */
    public static String escaped(byte[] input) {
        StringBuilder line = new StringBuilder();
        for (byte b : input) {
            switch (b) {
                case '\r' -> line.append("\\r");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                case '\\' -> line.append("\\\\");
                default -> line.append(b >= ' ' && b < 0x7f ? Character.toString(b) : String.format("\\x%02x", b));
            }
        }
        return line.toString();
    }

    private static byte[] unescaped(String line) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                input.write(c);
                continue;
            }
            char kind = line.charAt(++i);
            switch (kind) {
                case 'r' -> input.write('\r');
                case 'n' -> input.write('\n');
                case 't' -> input.write('\t');
                case '\\' -> input.write('\\');
                case 'x' -> {
                    input.write(Integer.parseInt(line.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalStateException("no such escape: \\" + kind);
            }
        }
        return input.toByteArray();
    }
}
