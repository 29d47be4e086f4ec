package dev.openline.proof;

import dev.openline.protocol.FuzzDelta;
import dev.openline.protocol.FuzzJson;
import dev.openline.protocol.FuzzProtobuf;
import dev.openline.wire.Corpus;
import dev.openline.wire.FuzzDeflate;
import dev.openline.wire.FuzzDeflateOffers;
import dev.openline.wire.FuzzExtensions;
import dev.openline.wire.FuzzFrames;
import dev.openline.wire.FuzzHandshake;
import dev.openline.wire.FuzzInflate;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What can be fuzzed. Each is a class beside the tests of what it feeds; its javadoc says what must hold. */
enum Target {
    FRAMES(FuzzFrames.class, FuzzFrames::fuzzerTestOneInput, 2000),
    HANDSHAKE(FuzzHandshake.class, FuzzHandshake::fuzzerTestOneInput, 1000),
    EXTENSIONS(FuzzExtensions.class, FuzzExtensions::fuzzerTestOneInput, 500),
    OFFERS(FuzzDeflateOffers.class, FuzzDeflateOffers::fuzzerTestOneInput, 500),
    INFLATE(FuzzInflate.class, FuzzInflate::fuzzerTestOneInput, 2000),
    DEFLATE(FuzzDeflate.class, FuzzDeflate::fuzzerTestOneInput, 2000),
    JSON(FuzzJson.class, FuzzJson::fuzzerTestOneInput, 1000),
    PROTOBUF(FuzzProtobuf.class, FuzzProtobuf::fuzzerTestOneInput, 500),
    DELTA(FuzzDelta.class, FuzzDelta::fuzzerTestOneInput, 500);

    private final Class<?> type;
    private final Consumer<byte[]> run;
    private final int maxBytes;

    Target(Class<?> type, Consumer<byte[]> run, int maxBytes) {
        this.type = type;
        this.run = run;
        this.maxBytes = maxBytes;
    }

    /** The class Jazzer calls. */
    String className() {
        return type.getName();
    }

    /** The longest input that is tried: longer ones find the same and are slower. */
    int maxBytes() {
        return maxBytes;
    }

    /** The inputs in the repository, by name. */
    Map<String, byte[]> corpus() {
        return Corpus.of(type);
    }

    /** One run, without Jazzer; throws what the target throws. */
    void run(byte[] input) {
        run.accept(input);
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
