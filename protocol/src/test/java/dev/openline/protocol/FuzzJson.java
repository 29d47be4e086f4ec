package dev.openline.protocol;

/** Any bytes as frames in Json, from either end: nothing but {@link MalformedFrame} is thrown, and what was read can be spelled and read again. */
public final class FuzzJson {
    private FuzzJson() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        FuzzCodec.run(Encoding.JSON, input);
    }
}
