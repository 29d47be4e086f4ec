package dev.openline.verify;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ForcedColors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a visitor of the live examples sees: all of it, in small windows, with long names and without a line too. */
class DemoLooksTest {
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:(\\d+)/");

    /** How far the end of the messages is below what is in sight. */
    private static final String BELOW = """
            () => {
              const { scrollTop, clientHeight, scrollHeight } = document.querySelector('[data-testid=chat-scroll]');
              return Math.round(scrollHeight - scrollTop - clientHeight);
            }""";

    private static Chromium chromium;
    private static ServerProcess demo;

    private final List<DemoPage> visitors = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) Waiting.PATIENCE.toMillis());
        chromium = Chromium.start();
        demo = ServerProcess.start(
                ServerProcess.java("-Xmx256m", "dev.openline.app.Main", "demo", "--port", "0"), ADDRESS);
    }

    @AfterAll
    static void stop() {
        if (demo != null) demo.close();
        if (chromium != null) chromium.close();
    }

    @AfterEach
    void leave() {
        visitors.forEach(DemoPage::close);
    }

    private DemoPage visit(DemoPage page) {
        visitors.add(page);
        return page;
    }

    @Test
    void theNewestMessagesStayInSightWhenOthersBeginToWaitForTheLine() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        ada.sayMany("filler", 30);
        assertThat(ada.message("filler 30")).hasCount(1);
        ada.page.evaluate("() => window.openlineDemo.line.disconnect()");

        for (int i = 0; i < 5; i++) ada.say("waits " + i);

        assertThat(ada.waiting()).hasCount(4);
        ada.page.waitForCondition(() -> ada.page.evaluate(BELOW).equals(0));
        assertThat(ada.hook("chat-newer")).isHidden();
        ada.page.evaluate("() => window.openlineDemo.line.connect()");
        assertThat(ada.waiting()).hasCount(0);
        assertThat(ada.message("waits 4")).hasCount(1);
        ada.page.waitForCondition(() -> ada.page.evaluate(BELOW).equals(0));
    }

    @Test
    void whoReadsOlderMessagesStaysThereAndIsToldOfNewOnes() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        DemoPage grace = visit(DemoPage.open(chromium.browser, demo, "Grace"));
        grace.sayMany("before", 30);
        assertThat(ada.message("before 30")).hasCount(1);
        ada.hook("chat-scroll").focus();
        ada.page.keyboard().press("Home");
        ada.page.waitForCondition(() -> (int) ada.page.evaluate(BELOW) > 1000);

        grace.say("something new");

        assertThat(ada.message("something new")).hasCount(1);
        assertThat((int) ada.page.evaluate(BELOW)).isGreaterThan(1000);
        ada.hook("chat-newer").click();
        assertThat(ada.hook("chat-newer")).isHidden();
        assertThat((int) ada.page.evaluate(BELOW)).isZero();
    }

    @Test
    void whoIsHereIsPastWithoutALineAndPresentWithTheNext() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        assertThat(ada.hook("presence")).hasAttribute("data-state", "now");
        assertThat(ada.hook("presence").locator("summary")).hasText("3 here");

        ada.page.evaluate("() => window.openlineDemo.line.disconnect()");
        assertThat(ada.hook("presence")).hasAttribute("data-state", "past");
        assertThat(ada.hook("presence").locator("summary")).hasText("3 were here");
        ada.page.evaluate("() => window.openlineDemo.line.connect()");

        assertThat(ada.hook("presence")).hasAttribute("data-state", "now");
        assertThat(ada.hook("presence").locator("summary")).hasText("3 here");
    }

    @Test
    void theListOfWhoIsHereClosesOnEscapeAndOnAClickElsewhere() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        Locator summary = ada.hook("presence").locator("summary");
        summary.click();
        assertThat(ada.hook("presence-names")).isVisible();
        ada.page.keyboard().press("Escape");
        assertThat(ada.hook("presence-names")).isHidden();
        assertThat(summary).isFocused();

        summary.click();
        ada.hook("presence-names").click();
        assertThat(ada.hook("presence-names")).isVisible();
        ada.hook("chat-input").click();
        assertThat(ada.hook("presence-names")).isHidden();
        assertThat(ada.hook("chat-input")).isFocused();
    }

    @Test
    void aQuestionThatIsUnderWayWhenTheAuctionCountsAnewIsCounted() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        ada.page.waitForCondition(() -> ada.number("auction-polled-requests") >= 1);
        List<Route> held = new CopyOnWriteArrayList<>();
        ada.page.route("**/demo/auction", held::add);
        ada.page.waitForCondition(() -> !held.isEmpty());

        ada.hook("auction-slider").focus();
        ada.page.keyboard().press("End");

        assertThat(ada.hook("auction-interval")).hasText("5.0 s");
        assertThat(ada.hook("auction-polled-requests")).hasText("1");
        held.get(0).resume();
        ada.page.waitForCondition(
                () -> !ada.hook("auction-polled-bytes").textContent().equals("0 B"));
        assertThat(ada.hook("auction-polled-requests")).hasText("1");
    }

    @Test
    void forcedColoursLeaveButtonsTheirBordersAndTheStateItsDot() {
        DemoPage ada = visit(
                DemoPage.open(chromium.browser, demo, "Ada", DemoPage.desk().setForcedColors(ForcedColors.ACTIVE)));
        String card = style(ada.page.locator(".card").first(), "backgroundColor");

        for (String button : List.of("chat-send", "cut-button")) {
            assertThat(style(ada.hook(button), "borderTopWidth")).as(button).isEqualTo("1px");
            assertThat(style(ada.hook(button), "borderTopColor")).as(button).isNotEqualTo(card);
        }
        for (String drawn : List.of(".pill-dot", ".wire i", ".wire b", ".log li")) {
            String pseudo = drawn.equals(".log li") ? "::before" : null;
            assertThat(style(ada.page.locator(drawn).first(), "backgroundColor", pseudo))
                    .as(drawn)
                    .isNotEqualTo(card);
        }
        ada.screenshot("forced-colours");
    }

    private static String style(Locator of, String property) {
        return style(of, property, null);
    }

    private static String style(Locator of, String property, @Nullable String pseudo) {
        return (String) of.evaluate(
                "(element, [property, pseudo]) => getComputedStyle(element, pseudo)[property]",
                Arrays.asList(property, pseudo));
    }

    @Test
    void withoutJavaScriptThePageSaysSoAndShowsNoLine() {
        try (BrowserContext context =
                chromium.browser.newContext(DemoPage.desk().setJavaScriptEnabled(false))) {
            Page page = context.newPage();
            page.navigate("http://localhost:" + demo.port() + "/");

            assertThat(page.locator(".noscript")).isVisible();
            assertThat(page.getByTestId("state-pill")).isHidden();
            assertThat(page.getByTestId("chat-form")).isHidden();
        }
    }

    @Test
    void whatIsNoTimeAndNoNameIsNotShownAsOne() {
        DemoPage ada = visit(DemoPage.open(chromium.browser, demo, "Ada"));
        ada.page.evaluate("""
                async () => {
                  const strange = { toString: 1, valueOf: 1 };
                  for (const at of ['soon', 1e300, strange])
                    await window.openlineDemo.subs['chat:lobby'].publish({ name: strange, text: `forged ${typeof at}`, at });
                }""");

        Locator forged = ada.message("forged");
        assertThat(forged).hasCount(3);
        for (int i = 0; i < 3; i++) {
            assertThat(forged.nth(i).locator("time")).hasText("--:--:--");
            assertThat(forged.nth(i).locator("b")).hasText("Ada");
        }
        assertThat(ada.faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 400})
    void aSmallWindowHoldsTheWholePageAndTheLongestName(int width) {
        String longest = "W".repeat(24);
        DemoPage ada = visit(
                DemoPage.open(chromium.browser, demo, longest, DemoPage.desk().setViewportSize(width, 700)));
        ada.say("hi from " + width);
        assertThat(ada.message("hi from " + width)).hasCount(1);
        ada.hook("presence").locator("summary").click();

        Locator name = ada.hook("presence-names").locator("li", new Locator.LocatorOptions().setHasText(longest));
        assertThat(name).isVisible();
        assertWithin(width, name);
        assertWithin(width, ada.message("hi from " + width).locator("b"));
        assertWithin(width, ada.hook("cut-button"));
        assertThat(ada.widerThanTheScreen()).isEmpty();
        ada.page.evaluate("() => window.openlineDemo.line.disconnect()");
        assertThat(ada.hook("state-text")).hasText("disconnected");
        assertWithin(width, ada.hook("cut-button"));
        assertThat(ada.widerThanTheScreen()).isEmpty();
    }

    private static void assertWithin(int width, Locator what) {
        BoundingBox box = what.first().boundingBox();
        assertThat(box.x).as("left edge of %s", what).isNotNegative();
        assertThat(box.x + box.width).as("right edge of %s", what).isLessThanOrEqualTo(width);
    }
}
