package dev.openline.app;

import dev.openline.net.LineOptions;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import picocli.CommandLine.Option;

/** Whether and how messages are compressed where the peer agrees: shared by all commands that hold lines. */
final class CompressionOptions {
    @Option(
            names = "--deflate",
            description =
                    "Compress long messages where the other side agrees (permessage-deflate). Not for secrets beside"
                            + " text of others: lengths tell.")
    private boolean deflate;

    @Option(
            names = "--deflate-takeover",
            description = "The same, and messages may refer to earlier ones: smaller, for some memory per line.")
    private boolean takeover;

    @Option(
            names = "--deflate-level",
            paramLabel = "N",
            defaultValue = "1",
            description = "1 (fastest) to 9 (smallest); default ${DEFAULT-VALUE}.")
    private int level;

    @Option(
            names = "--deflate-window",
            paramLabel = "BITS",
            defaultValue = "15",
            description = "How far back messages refer, and may be asked to: 8 to 15 bits; default ${DEFAULT-VALUE}.")
    private int windowBits;

    @Option(
            names = "--deflate-from",
            paramLabel = "BYTES",
            defaultValue = "512",
            description = "Shorter messages are sent as they are; default ${DEFAULT-VALUE}.")
    private int thresholdBytes;

    /**
     * The same line options with what was asked for.
     *
     * @throws IllegalArgumentException for a value out of its bounds
     */
    LineOptions onto(LineOptions line) {
        if (!deflate && !takeover) return line;
        DeflateContext context =
                (takeover ? DeflateContext.TAKEOVER : DeflateContext.NO_TAKEOVER).withWindowBits(windowBits);
        return line.withDeflate(DeflateOptions.DEFAULT
                .withLevel(level)
                .withThresholdBytes(thresholdBytes)
                .withSending(context)
                .withReceiving(context));
    }
}
