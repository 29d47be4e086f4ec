package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFileTest {
    private static final String TEXT = "the same again and again. ".repeat(100);

    private final HttpFile file = HttpFile.of(HttpResponse.text(200, TEXT).with("cache-control", "no-cache"));

    private HttpResponse asked(Header... headers) {
        return file.answer(HttpRequest.of("GET", "/file", Headers.of(headers)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "gzip, deflate, br, zstd",
                "br;q=1.0, GZIP;q=0.8, *;q=0.1",
                "x-gzip",
                "*",
                "gzip;q=0.001",
                "*;q=0, gzip",
                "gzip;level=9"
            })
    void whoAcceptsGzipIsSentItWithTheSameHeaders(String accepted) throws Exception {
        HttpResponse answer = asked(new Header("Accept-Encoding", accepted));

        assertThat(answer.headers())
                .containsEntry("content-encoding", "gzip")
                .containsEntry("vary", "accept-encoding")
                .containsEntry("content-type", "text/plain; charset=utf-8")
                .containsEntry("cache-control", "no-cache");
        assertThat(answer.body().length).isLessThan(TEXT.length() / 10);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
                .asString()
                .isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "br",
                "gzip;q=0",
                "gzip; q=0.000",
                "*, gzip;Q=0",
                "*;q=0",
                "gzipped",
                ";;",
                "gzip ;q=0"
            })
    void whoDoesNotIsSentTheFileAsItIs(String accepted) {
        assertPlain(asked(new Header("Accept-Encoding", accepted)));
    }

    @Test
    void whoSaysNothingIsSentTheFileAsItIs() {
        assertPlain(asked());
    }

    private static void assertPlain(HttpResponse answer) {
        assertThat(answer.body()).asString().isEqualTo(TEXT);
        assertThat(answer.headers()).containsEntry("vary", "accept-encoding").doesNotContainKey("content-encoding");
    }

    @Test
    void theFieldMayComeInSeveralLines() {
        HttpResponse answer = asked(new Header("accept-encoding", "br"), new Header("accept-encoding", "gzip"));
        assertThat(answer.headers()).containsEntry("content-encoding", "gzip");
    }

    @ParameterizedTest
    @CsvSource({"''", "short"})
    void whatGzipMakesLongerIsNeverCompressed(String text) {
        HttpFile small = HttpFile.of(HttpResponse.text(200, text));
        HttpResponse answer =
                small.answer(HttpRequest.of("GET", "/", Headers.of(new Header("Accept-Encoding", "gzip"))));
        assertThat(answer.body()).asString().isEqualTo(text);
        assertThat(answer.headers()).containsOnlyKeys("content-type");
    }

    @Test
    void aStreamIsNoFile() {
        HttpResponse stream = HttpResponse.stream(200, "text/plain", opened -> {});
        assertThatThrownBy(() -> HttpFile.of(stream)).isInstanceOf(IllegalArgumentException.class);
    }
}
