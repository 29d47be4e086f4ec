package dev.openline.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * A file of a page, which never changes: compressed once, and sent so to whoever accepts it. Only for what has no secrets in it and nothing
 * that a stranger wrote, since the length of a compressed answer tells of both.
 */
public final class HttpFile {
    private final HttpResponse plain;
    private final HttpResponse gzipped;

    private HttpFile(HttpResponse plain, HttpResponse gzipped) {
        this.plain = plain;
        this.gzipped = gzipped;
    }

    /**
     * A file that is answered like this, or gzipped if that makes it smaller.
     *
     * @param whole not a streamed answer
     */
    public static HttpFile of(HttpResponse whole) {
        if (whole.stream() != null) throw new IllegalArgumentException("a streamed answer is no file");
        byte[] smaller = gzip(whole.body());
        if (smaller.length >= whole.body().length) return new HttpFile(whole, whole);
        // Caches have to be told with either answer that the other exists (RFC 9110 §12.5.5).
        HttpResponse plain = whole.with("vary", "accept-encoding");
        HttpResponse head = plain.with("content-encoding", "gzip");
        return new HttpFile(plain, new HttpResponse(head.status(), head.headers(), smaller));
    }

    /** The answer in the form that the request accepts. */
    public HttpResponse answer(HttpRequest request) {
        return acceptsGzip(request) ? gzipped : plain;
    }

    /** RFC 9110 §12.5.3: what is named counts, then the star; a weight of 0 refuses. We don't weigh further: smaller is better. */
    private static boolean acceptsGzip(HttpRequest request) {
        boolean star = false;
        for (String element : request.headers().tokens("accept-encoding")) {
            String[] parts = element.split(";", 2);
            String coding = parts[0].strip();
            boolean accepted = parts.length == 1 || !refuses(parts[1]);
            if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) return accepted;
            if (coding.equals("*")) star = accepted;
        }
        return star;
    }

    private static boolean refuses(String weight) {
        return weight.replace(" ", "").toLowerCase(Locale.ROOT).matches("q=0(\\.0{0,3})?");
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream smaller = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(smaller)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return smaller.toByteArray();
    }
}
