package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What waits in the outbox lies in a real IndexedDB, and the tabs of a real browser share it. */
@DisplayName("the outbox in Chromium")
class OutboxBrowserTest {
    /** Gives the page a line with an outbox, not connected, and a list of what was settled. While `deaf`, lines break instead of an answer. */
    private static final String SET_UP = """
            async () => {
              const { Openline } = await import('/openline.js');
              const { Outbox } = await import('/openline-outbox.js');
              class Socket extends WebSocket {
                set onmessage(listener) {
                  super.onmessage = (event) => {
                    if (window.deaf && event.data.includes('"rpc"')) this.close(3001);
                    else listener(event);
                  };
                }
              }
              const outbox = new Outbox();
              window.line = new Openline('/connection/websocket', { WebSocket: Socket, outbox, minDelay: 20, maxDelay: 200 });
              window.settled = [];
              outbox.addEventListener('settled', ({ detail }) => settled.push(detail.data));
            }""";

    /** Publishes texts with numbers, without waiting for any; the promises tell what became of them. */
    private static final String PUBLISH = """
            ([text, from, to]) => {
              window.offsets ??= [];
              for (let i = from; i <= to; i++) line.outbox.publish('news', `${text} ${i}`).then(({ offset }) => offsets.push(offset));
            }""";

    private static Chromium chromium;

    private OnceServer server;
    private BrowserContext context;

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

    private static void publish(Page page, String text, int from, int to) {
        page.evaluate(PUBLISH, List.of(text, from, to));
    }

    private static void awaitWaiting(Page page, int count) {
        page.waitForFunction(
                "count => line.outbox.count === count && line.outbox.waiting.every(({ kept }) => kept)", count);
    }

    private static List<String> texts(String text, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> text + " " + i).toList();
    }

    /** What the channel's log holds of publishes with this text, in its order. */
    private static Object logged(Page page, String text) {
        return page.evaluate("""
                async (text) => {
                  const all = [];
                  for await (const { data } of line.log('news', { pageSize: 50 })) if (data.startsWith(text)) all.push(data);
                  return all;
                }""", text);
    }

    @Test
    void whatWaitsOutlivesAReloadAndIsSentInOrder() {
        Page page = open();
        publish(page, "before", 1, 20);
        awaitWaiting(page, 20);
        page.reload();
        page.evaluate(SET_UP);
        awaitWaiting(page, 20);
        publish(page, "after", 1, 3);

        page.evaluate("() => line.connect()");

        awaitWaiting(page, 0);
        assertThat(logged(page, "before")).isEqualTo(texts("before", 1, 20));
        assertThat(logged(page, "after")).isEqualTo(texts("after", 1, 3));
        assertThat(page.evaluate("() => settled.length")).isEqualTo(23);
        assertThat(page.evaluate("() => offsets")).isEqualTo(List.of(21, 22, 23));
    }

    @Test
    void whatWasAppliedWithoutAnAnswerIsNotAppliedAgainAfterAReload() {
        Page page = open();
        page.evaluate("() => (window.deaf = true)");
        publish(page, "lost", 1, 3);
        awaitWaiting(page, 3);
        page.evaluate("() => line.connect()");
        // It was applied, and sent again at least once, as its answer never came.
        page.waitForCondition(() -> server.asked().size() >= 2);
        page.reload();
        page.evaluate(SET_UP);
        awaitWaiting(page, 3);
        page.evaluate("() => line.connect()");

        awaitWaiting(page, 0);
        assertThat(logged(page, "lost")).isEqualTo(texts("lost", 1, 3));
    }

    @Test
    void oneTabSendsForAllAndTheNextGoesOnWhenItIsClosed() {
        Page one = open();
        one.evaluate("() => line.connect()");
        one.waitForFunction("() => line.state === 'connected'");
        publish(one, "one", 1, 1);
        awaitWaiting(one, 0);
        Page two = open();
        two.evaluate("() => line.connect()");
        two.waitForFunction("() => line.state === 'connected'");

        publish(one, "one", 2, 50);
        publish(two, "two", 1, 50);
        awaitWaiting(two, 0);
        awaitWaiting(one, 0);

        assertThat(logged(two, "one")).isEqualTo(texts("one", 1, 50));
        assertThat(logged(two, "two")).isEqualTo(texts("two", 1, 50));
        assertThat(server.asked()).as("each was sent once").hasSize(100);
        assertThat(server.asked().stream().map(OnceServer.Asked::client).distinct())
                .as("by one tab")
                .hasSize(1);
        two.waitForFunction("() => offsets.length === 50");

        publish(one, "one", 51, 60);
        one.close();
        publish(two, "two", 51, 60);
        awaitWaiting(two, 0);
        assertThat(logged(two, "two")).isEqualTo(texts("two", 1, 60));
        // How many of them were kept before the page was gone is up to the browser; they are the first ones.
        List<?> left = (List<?>) logged(two, "one");
        assertThat(left).isEqualTo(texts("one", 1, left.size()));
    }
}
