package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The tabs of a real browser on one line, and what becomes of them when the tab that has it goes. */
@DisplayName("one line for all tabs in Chromium")
class SharedLineTest {
    /** Gives the page a shared line, and a list of what it hears. */
    private static final String SET_UP = """
            async () => {
              const { Openline } = await import('/openline.js');
              const { SharedWebSocket } = await import('/openline-shared.js');
              window.line = new Openline('/connection/websocket', { WebSocket: SharedWebSocket, minDelay: 20, maxDelay: 200 });
              window.heard = [];
              window.gaps = 0;
              await new Promise((resolve) => {
                window.sub = line.subscribe('news', {
                  recoverable: true,
                  positioned: true,
                  onPublication: ({ data }) => heard.push(data),
                  onState: ({ state, wasRecovering, recovered }) => {
                    if (state === 'subscribed' && wasRecovering && !recovered) gaps++;
                    if (state === 'subscribed') resolve();
                  },
                });
                line.connect();
              });
            }""";

    private static Chromium chromium;

    private OnceServer server;
    private BrowserContext context;
    private int published;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) chromium.close();
    }

    @BeforeEach
    void start() throws IOException {
        server = OnceServer.start();
        context = chromium.browser.newContext();
        context.setDefaultTimeout((double) Waiting.PATIENCE.toMillis());
    }

    @AfterEach
    void stop() {
        context.close();
        server.close();
    }

    private Page open() {
        Page page = context.newPage();
        page.navigate(server.page());
        page.evaluate(SET_UP);
        return page;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) server.server().publish("news", Integer.toString(++published));
    }

    private void assertHeardAll(Page page, int from) {
        page.waitForFunction("last => heard.at(-1) === last", published);
        assertThat(page.evaluate("() => heard"))
                .isEqualTo(IntStream.rangeClosed(from, published).boxed().toList());
        assertThat(page.evaluate("() => gaps")).isEqualTo(0);
    }

    private void awaitOneConnection() {
        Awaitility.await().atMost(Waiting.PATIENCE).until(() -> server.server().connectionCount() == 1);
    }

    @Test
    void allTabsHearAllOverOneConnection() {
        List<Page> tabs = List.of(open(), open(), open());
        publish(100);

        for (Page tab : tabs) assertHeardAll(tab, 1);
        awaitOneConnection();
        assertThat(tabs.stream().map(tab -> tab.evaluate("() => line.clientId")).distinct())
                .hasSize(1);
        assertThat(tabs.get(2)
                        .evaluate("() => sub.history({ limit: 3 }).then(({ publications }) => publications.length)"))
                .isEqualTo(3);
    }

    @Test
    void theNextTabTakesOverWhenTheOneWithTheLineIsClosedAndNothingIsLostOrComesTwice() {
        Page first = open();
        Page second = open();
        Page third = open();
        publish(20);

        first.close();
        publish(20);
        assertHeardAll(second, 1);
        assertHeardAll(third, 1);

        second.close();
        publish(20);
        assertHeardAll(third, 1);
        Page late = open();
        publish(20);
        assertHeardAll(third, 1);
        assertHeardAll(late, 61);
        awaitOneConnection();
    }

    @Test
    void aReloadOfTheTabWithTheLineIsATakeoverToo() {
        Page first = open();
        Page second = open();
        publish(5);
        assertHeardAll(second, 1);

        first.reload();
        publish(5);
        first.evaluate(SET_UP);
        publish(5);

        assertHeardAll(second, 1);
        first.waitForFunction("last => heard.at(-1) === last", published);
        awaitOneConnection();
    }

    @Test
    void aCutOfTheLineIsRecoveredByEveryTab() {
        Page first = open();
        Page second = open();
        publish(5);
        assertHeardAll(first, 1);

        assertThat(server.server().cut((String) second.evaluate("() => line.clientId")))
                .isTrue();
        publish(5);

        assertHeardAll(first, 1);
        assertHeardAll(second, 1);
    }
}
