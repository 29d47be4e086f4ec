package dev.openline.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file (RFC 7468); text around them, which many tools write for people, is skipped. */
final class Pem {
    /** More than any chain or bundle of trust anchors takes; a file named by mistake is not read into memory. */
    private static final int MAX_FILE_BYTES = 4 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*?)-----END \\1-----");

    /** One block: what it says it is, and its content. */
    record Block(String label, byte[] der) {}

    private Pem() {}

    /** All blocks in their order, at least one. Every failure is a sentence that begins with the file's name. */
    static List<Block> read(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text(file));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException notBase64) {
                throw new IOException(file + ": the block " + matcher.group(1) + " is not Base64", notBase64);
            }
        }
        if (blocks.isEmpty()) throw new IOException(file + " is not a PEM file: there is no whole BEGIN … END in it");
        return blocks;
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.isDirectory(file)) throw new IOException(file + " is a directory");
            if (Files.size(file) > MAX_FILE_BYTES)
                throw new IOException(file + " is larger than any PEM file should be");
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw new IOException(file + " does not exist", missing);
        } catch (java.nio.file.AccessDeniedException denied) {
            throw new IOException(file + " may not be read", denied);
        }
    }
}
