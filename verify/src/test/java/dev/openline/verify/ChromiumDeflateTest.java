package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chromium offers permessage-deflate on its own account; what a page says has to come back whole. */
@DisplayName("Chromium with permessage-deflate")
class ChromiumDeflateTest {
    /** A page that says texts of all these lengths, in order, and answers what it heard and what was agreed on. */
    private static final String PAGE = """
            ([url, sizes]) => new Promise((resolve, reject) => {
              const line = new WebSocket(url);
              const text = (size) => {
                let all = '';
                for (let i = 0; all.length < size; i++) all += `grün ${(i * 7919) % 10007} is number ${i}; `;
                return all.slice(0, size);
              };
              const heard = [];
              line.onerror = () => reject(new Error('the line broke'));
              line.onopen = () => sizes.forEach((size) => line.send(text(size)));
              line.onmessage = ({ data }) => {
                heard.push(data === text(sizes[heard.length]));
                if (heard.length < sizes.length) return;
                line.onclose = ({ code }) => resolve({ heard, code, extensions: line.extensions });
                line.close(1000);
              };
            })""";

    private static Chromium chromium;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stop() {
        if (chromium != null) chromium.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NO, 15, permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "YES, 15, permessage-deflate",
        "YES, 10, permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
        "NO, 9, permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=9; client_max_window_bits=9"
    })
    void hearsWhatItSaid(String takeover, int bits, String agreed) throws Exception {
        DeflateContext context =
                (takeover.equals("YES") ? DeflateContext.TAKEOVER : DeflateContext.NO_TAKEOVER).withWindowBits(bits);
        DeflateOptions options = DeflateOptions.DEFAULT
                .withThresholdBytes(0)
                .withSending(context)
                .withReceiving(context);
        List<Integer> sizes = List.of(0, 1, 100, 600, 600, 70_000, 600, 500_000, 0, 5);
        try (EchoServer server = EchoServer.start(EchoServer.ROOMY.withDeflate(options));
                Page page = chromium.browser.newPage()) {
            page.navigate("http://127.0.0.1:" + server.port() + "/");
            Object answer = page.evaluate(PAGE, List.of("ws://127.0.0.1:" + server.port() + "/", sizes));
            assertThat(answer)
                    .isEqualTo(Map.of(
                            "heard", sizes.stream().map(size -> true).toList(), "code", 1000, "extensions", agreed));
        }
    }
}
