package dev.openline.verify;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One visitor's page of the live examples, seen through its test ids. */
final class DemoPage implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    /** Whether every chart that is in sight has been drawn. */
    private static final String DRAWN = """
            () => [...document.querySelectorAll('.tile')].every((tile) => {
              const { top, bottom } = tile.getBoundingClientRect();
              return bottom <= 0 || top >= innerHeight || window.Chart.getChart(tile.querySelector('canvas'));
            })""";

    private final BrowserContext context;
    final Page page;
    private final List<String> faults = new ArrayList<>();

    private DemoPage(BrowserContext context) {
        this.context = context;
        this.page = context.newPage();
        page.setDefaultTimeout((double) Waiting.PATIENCE.toMillis());
        page.onPageError(faults::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) faults.add(message.text());
        });
    }

    static Browser.NewContextOptions desk() {
        return new Browser.NewContextOptions().setViewportSize(1440, 900).setColorScheme(ColorScheme.LIGHT);
    }

    static Browser.NewContextOptions phone() {
        return new Browser.NewContextOptions()
                .setViewportSize(390, 844)
                .setDeviceScaleFactor(2)
                .setHasTouch(true)
                .setIsMobile(true);
    }

    /** Opens the page for a visitor of this name, and waits until the line is up. */
    static DemoPage open(Browser browser, ServerProcess demo, String name, Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options);
        context.addInitScript("localStorage.setItem('openline.name', '" + name + "')");
        DemoPage visitor = new DemoPage(context);
        visitor.page.navigate("http://localhost:" + demo.port() + "/");
        visitor.awaitConnected();
        return visitor;
    }

    static DemoPage open(Browser browser, ServerProcess demo, String name) {
        return open(browser, demo, name, desk());
    }

    Locator hook(String testId) {
        return page.getByTestId(testId);
    }

    void awaitConnected() {
        assertThat(hook("state-text")).hasText("connected");
        assertThat(hook("presence-count")).not().hasText("0");
    }

    /** Types a message and sends it, as a visitor does. */
    void say(String text) {
        hook("chat-input").fill(text);
        hook("chat-send").click();
        assertThat(hook("chat-input")).isEmpty();
    }

    /** Publishes numbered messages without typing them: for many. */
    void sayMany(String text, int count) {
        page.evaluate("""
                async ([text, count]) => {
                  const { line, subs } = window.openlineDemo;
                  for (let i = 1; i <= count; i++)
                    await subs['chat:lobby'].publish({ name: line.data.name, text: `${text} ${i}`, at: Date.now() });
                }""", List.of(text, count));
    }

    /** Offset, name and text of every message, in the order of the page. */
    @SuppressWarnings("unchecked")
    List<String> messages() {
        return (List<String>) page.evaluate("""
                () => [...document.querySelectorAll('[data-testid="chat-message"]')].map((row) =>
                    [row.dataset.offset, row.querySelector('b').textContent, row.querySelector('p').textContent].join(' '))""");
    }

    Locator message(String text) {
        return hook("chat-message").filter(new Locator.FilterOptions().setHasText(text));
    }

    /** What was said and has not arrived yet. */
    Locator waiting() {
        return hook("chat-waiting").locator("li");
    }

    Locator logEntry(String text) {
        return hook("line-log-entry").filter(new Locator.FilterOptions().setHasText(text));
    }

    /** One figure of the ledger: 1 offset, 2 received, 3 gaps, 4 twice. */
    Locator ledger(String channel, int column) {
        return page.locator(
                "[data-testid=ledger-row][data-channel='" + channel + "'] > :nth-child(" + (column + 1) + ")");
    }

    void assertNothingLostAndNothingTwice() {
        for (String channel : List.of("chat:lobby", "auction:lot")) {
            assertThat(ledger(channel, 3)).hasText("0");
            assertThat(ledger(channel, 4)).hasText("0");
        }
    }

    int number(String testId) {
        return Integer.parseInt(hook(testId).textContent().strip());
    }

    /** What went wrong in the page, as its console has it. */
    List<String> faults() {
        return faults;
    }

    /** What a visitor would have to push the page sideways for; a phone's window grows with it, so its screen is the measure. */
    @SuppressWarnings("unchecked")
    List<String> widerThanTheScreen() {
        int width = page.viewportSize().width;
        return (List<String>) page.evaluate("""
                (width) => document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
                    .filter((element) => element.getBoundingClientRect().right > width)
                    .map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().right}`)""", width);
    }

    /** Takes a picture of the whole page; what is only drawn when it is seen has been seen by then. */
    void screenshot(String name) {
        scrollThrough();
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    private void scrollThrough() {
        int height = (int) page.evaluate("document.documentElement.scrollHeight");
        int step = page.viewportSize().height / 2;
        for (int top = 0; top < height; top += step) {
            page.evaluate("(top) => scrollTo(0, top)", top);
            page.waitForCondition(() -> (boolean) page.evaluate(DRAWN));
        }
        page.evaluate("scrollTo(0, 0)");
    }

    @Override
    public void close() {
        context.close();
    }
}
