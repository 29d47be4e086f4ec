package dev.openline.examples;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's page in a real browser; skipped where there is none. */
class ClockPageTest {
    private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d:\\d\\d.*");

    @Test
    void pageShowsTheTimeThatTheServerPublishes() throws Exception {
        Optional<Path> chromium = onPath("chromium");
        assumeTrue(chromium.isPresent(), "chromium is not on the PATH: the README's page was not looked at");
        var noDownload = new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
        var launch = new LaunchOptions().setExecutablePath(chromium.get()).setArgs(List.of("--no-sandbox"));

        try (RunningExample clock = RunningExample.start(ClockServer::main);
                Playwright playwright = Playwright.create(noDownload);
                Browser browser = playwright.chromium().launch(launch)) {
            Page page = browser.newPage();
            page.navigate(clock.address().toString());

            assertThat(page.locator("#clock")).hasText(TIME, new LocatorAssertions.HasTextOptions().setTimeout(30_000));
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
