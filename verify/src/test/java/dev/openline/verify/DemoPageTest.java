package dev.openline.verify;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The live examples in a real browser, with a server in a process of its own. */
class DemoPageTest {
    private static final int LATE_JOINER_SEES = 50;
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:(\\d+)/");
    private static final Pattern PRICE = Pattern.compile("\\d+\\.\\d\\d");

    private static Chromium chromium;

    private ServerProcess demo;
    private final List<DemoPage> visitors = new ArrayList<>();

    @BeforeAll
    static void startBrowser() {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) Waiting.PATIENCE.toMillis());
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) chromium.close();
    }

    @BeforeEach
    void startDemo() throws Exception {
        demo = demo(0);
    }

    /** @param port 0 for any free one */
    private static ServerProcess demo(int port) throws IOException {
        return ServerProcess.start(
                ServerProcess.java("-Xmx256m", "dev.openline.app.Main", "demo", "--port", Integer.toString(port)),
                ADDRESS);
    }

    @AfterEach
    void stopDemo() {
        visitors.forEach(DemoPage::close);
        demo.close();
    }

    private DemoPage visit(String name) {
        return visit(DemoPage.open(chromium.browser, demo, name));
    }

    private DemoPage visit(DemoPage page) {
        visitors.add(page);
        return page;
    }

    @Test
    void twoPagesChatAndOneIsCutAndNothingIsLostOrComesTwice() {
        DemoPage ada = visit("Ada");
        DemoPage grace = visit("Grace");
        ada.say("hello Grace");
        assertThat(grace.message("hello Grace")).hasCount(1);
        grace.say("hello Ada");
        assertThat(ada.message("hello Ada")).hasCount(1);

        for (int cut = 1; cut <= 3; cut++) {
            grace.hook("cut-button").click();
            ada.sayMany("meanwhile " + cut + ".", 10);
            assertThat(grace.logEntry("chat:lobby: recovered")).hasCount(cut);
            assertThat(grace.message("meanwhile " + cut + ".")).hasCount(10);
        }

        assertThat(grace.logEntry("in order, none twice")).not().hasCount(0);
        assertThat(grace.logEntry("not in order")).hasCount(0);
        assertThat(grace.hook("chat-away")).not().hasCount(0);
        assertThat(grace.logEntry("cursor handed back: chat:lobby")).hasCount(3);
        grace.say("all there");
        assertThat(ada.message("all there")).hasCount(1);
        ada.page.waitForCondition(() -> ada.messages().equals(grace.messages()));
        ada.assertNothingLostAndNothingTwice();
        grace.assertNothingLostAndNothingTwice();
        assertThat(grace.faults()).isEmpty();
        assertThat(ada.faults()).isEmpty();
        grace.screenshot("after-a-cut");
    }

    @Test
    void presenceFollowsWhoComesAndGoes() {
        // The two programs that keep the chat company are guests like all others.
        DemoPage ada = visit("Ada");
        assertThat(ada.hook("presence-count")).hasText("3");

        DemoPage grace = visit("Grace");
        assertThat(ada.hook("presence-count")).hasText("4");
        assertThat(grace.hook("presence-count")).hasText("4");
        assertThat(ada.hook("presence-names").locator("li"))
                .hasText(new String[] {"Ada (you)", "Grace", "bot Alto", "bot Basso"});

        grace.close();
        assertThat(ada.hook("presence-count")).hasText("3");
    }

    @Test
    void dotsShowWhoIsTypingAndVanishByThemselves() {
        DemoPage ada = visit("Ada");
        DemoPage grace = visit("Grace");
        // The programs that keep the chat company type too.
        Pattern graceTypes = Pattern.compile("Grace.* (is|are) typing");

        grace.hook("chat-input").pressSequentially("hm");
        assertThat(ada.hook("typing")).hasText(graceTypes);
        assertThat(ada.hook("typing")).not().hasText(graceTypes);

        grace.hook("chat-input").pressSequentially("m, yes");
        assertThat(ada.hook("typing")).hasText(graceTypes);
        grace.hook("chat-send").click();
        assertThat(ada.message("hmm, yes")).hasCount(1);
        assertThat(ada.hook("typing")).not().hasText(graceTypes);
        assertThat(grace.hook("typing")).not().hasText(graceTypes);
    }

    @Test
    void aLateJoinerSeesTheLastFiftyMessages() {
        DemoPage ada = visit("Ada");
        ada.sayMany("early", 2 * LATE_JOINER_SEES);
        assertThat(ada.message("early " + 2 * LATE_JOINER_SEES)).hasCount(1);

        DemoPage late = visit("Late");

        assertThat(late.message("early " + 2 * LATE_JOINER_SEES)).hasCount(1);
        List<String> seen = late.messages();
        assertThat(seen).hasSizeGreaterThanOrEqualTo(LATE_JOINER_SEES);
        assertThat(ada.messages()).endsWith(seen.toArray(String[]::new));
        assertThat(seen).noneMatch(message -> message.endsWith("Ada early 1"));
    }

    @Test
    void everyTickerHasAPriceThatMoves() {
        DemoPage ada = visit("Ada");
        Locator prices = ada.hook("ticker-price");
        assertThat(prices).hasCount(20);
        for (int i = 0; i < 20; i++) assertThat(prices.nth(i)).hasText(PRICE);

        String before = prices.nth(0).textContent();
        assertThat(prices.nth(0)).not().hasText(before);
        assertThat(ada.hook("ticker-rate")).not().hasText("0");
    }

    @Test
    void bothSidesOfTheAuctionCountAndTheSliderSetsHowOftenIsAsked() {
        DemoPage ada = visit("Ada");
        assertThat(ada.hook("auction-interval")).hasText("1.0 s");
        ada.page.waitForCondition(() -> ada.number("auction-polled-requests") >= 2);
        assertThat(ada.hook("auction-pushed-requests")).hasText(Pattern.compile("1 \\+ [1-9]\\d*"));
        assertThat(ada.hook("auction-pushed-bytes")).not().hasText("0 B");
        assertThat(ada.hook("auction-lot")).not().hasText("");

        ada.hook("auction-slider").focus();
        ada.page.keyboard().press("Home");
        assertThat(ada.hook("auction-interval")).hasText("200 ms");
        ada.page.waitForCondition(() -> ada.number("auction-polled-nothing") >= 5);
        ada.page.keyboard().press("End");
        assertThat(ada.hook("auction-interval")).hasText("5.0 s");
        assertThat(ada.hook("auction-polled-requests")).hasText("1");
    }

    @Test
    void aServerThatIsKilledAndComesBackIsRedialledAndThePageSaysWhatThatMeans() throws Exception {
        DemoPage ada = visit("Ada");
        ada.say("before the end");
        assertThat(ada.message("before the end")).hasCount(1);
        int port = demo.port();

        demo.kill();
        assertThat(ada.hook("state-pill")).not().hasAttribute("data-state", "connected");
        assertThat(ada.hook("cut-button")).isDisabled();
        assertThat(ada.logEntry("redial")).not().hasCount(0);
        demo = demo(port);

        ada.awaitConnected();
        assertThat(ada.logEntry("chat:lobby: the log began anew")).hasCount(1);
        assertThat(ada.message("before the end")).hasCount(0);
        ada.say("after the end");
        assertThat(ada.message("after the end")).hasCount(1);
        ada.assertNothingLostAndNothingTwice();
    }

    @Test
    void whatIsSaidWithoutALineWaitsInSightOutlivesAReloadAndArrivesOnce() {
        DemoPage ada = visit("Ada");
        DemoPage grace = visit("Grace");
        ada.page.evaluate("() => window.openlineDemo.line.disconnect()");

        ada.say("first into the void");
        ada.say("then once more");
        assertThat(ada.waiting())
                .hasText(
                        new String[] {"waits for the line: first into the void", "waits for the line: then once more"});
        ada.page.waitForFunction("() => window.openlineDemo.line.outbox.waiting.every(({ kept }) => kept)");
        assertThat(grace.message("into the void")).hasCount(0);
        ada.page.reload();

        ada.awaitConnected();
        for (DemoPage page : List.of(ada, grace)) {
            assertThat(page.message("then once more")).hasCount(1);
            assertThat(page.message("first into the void")).hasCount(1);
        }
        assertThat(ada.waiting()).hasCount(0);
        assertThat(ada.page.locator("[data-testid=chat-message].own")).hasCount(2);
        ada.page.waitForCondition(() -> ada.messages().equals(grace.messages()));
    }

    @Test
    void whatIsSaidWhileTheServerIsAwayArrivesWhenItIsBack() throws Exception {
        DemoPage ada = visit("Ada");
        int port = demo.port();
        demo.kill();
        assertThat(ada.hook("state-pill")).not().hasAttribute("data-state", "connected");

        ada.say("is anybody there?");
        assertThat(ada.waiting()).hasCount(1);
        demo = demo(port);

        ada.awaitConnected();
        assertThat(ada.message("is anybody there?")).hasCount(1);
        assertThat(ada.waiting()).hasCount(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void thePageFitsADeskAndAPhone(ColorScheme scheme) {
        DemoPage desk = visit(
                DemoPage.open(chromium.browser, demo, "Ada", DemoPage.desk().setColorScheme(scheme)));
        DemoPage phone = visit(
                DemoPage.open(chromium.browser, demo, "Grace", DemoPage.phone().setColorScheme(scheme)));
        desk.say("How does it look on your side?");
        phone.say("Small, and all there. Nothing to push sideways, nothing that lies on something else.");
        for (DemoPage page : List.of(desk, phone)) {
            assertThat(page.message("Small, and all there")).hasCount(1);
            page.page.waitForCondition(() -> page.number("auction-polled-requests") >= 3);
            assertThat(page.hook("ticker-price").last()).hasText(PRICE);
            assertThat(page.widerThanTheScreen()).isEmpty();
            assertThat(page.faults()).isEmpty();
        }
        desk.screenshot("desk-" + scheme.name().toLowerCase(Locale.ROOT));
        phone.screenshot("phone-" + scheme.name().toLowerCase(Locale.ROOT));
    }
}
