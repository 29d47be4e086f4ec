package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.protocol.ApiMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The commands in docs/http-api.md, from its top to its end, against one server: each is answered as the page says. */
class HttpApiPageTest {
    private static final Path PAGE = Path.of("..", "docs", "http-api.md");
    private static final Pattern EXAMPLE = Pattern.compile("```sh\n(.*?)```\n```json\n(.*?)```", Pattern.DOTALL);

    /** A word of a command: in single quotes, in which nothing has a meaning, or bare without signs that a shell would look at. */
    private static final Pattern WORD = Pattern.compile("\\G(?:'([^']*)'|([-A-Za-z0-9:/._]+))(?: +|$)");

    private record Command(String address, String body, List<String> headers) {
        /** What the shell and curl would make of it; fails at anything but headers, data and an address. */
        static Command of(String text) {
            List<String> words = new ArrayList<>();
            String line = text.strip().replaceAll("\\\\\n *", "");
            Matcher word = WORD.matcher(line);
            int end = 0;
            for (; word.find(); end = word.end()) words.add(word.group(1) == null ? word.group(2) : word.group(1));
            assertThat(line.substring(end)).as("what is no word in " + line).isEmpty();
            assertThat(words.remove(0)).isEqualTo("curl");
            List<String> headers = new ArrayList<>();
            String body = "";
            while (words.size() > 1) {
                String option = words.remove(0);
                if (option.equals("-H")) headers.addAll(List.of(words.remove(0).split(": ", 2)));
                else if (option.equals("-d")) body = words.remove(0);
                else throw new AssertionError("an option that this test does not know: " + option);
            }
            return new Command(words.get(0), body, headers);
        }

        HttpResponse<String> send(int port) throws Exception {
            String address = address().replace("http://localhost:8000/", "http://127.0.0.1:" + port + "/");
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(address))
                                    .headers(headers().toArray(String[]::new))
                                    .POST(HttpRequest.BodyPublishers.ofString(body()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        }

        String method() {
            return address().substring(address().lastIndexOf('/') + 1);
        }
    }

    @Test
    void everyCommandIsAnsweredAsThePageSays() throws Exception {
        List<String> shown = new ArrayList<>();
        try (EventLoops loops = EventLoops.start(Transport.NIO, 2);
                OpenlineServer server = OpenlineServer.create(o -> o.port(0)
                                .loops(loops)
                                .apiKey("secret")
                                .namespace(
                                        "chat",
                                        c -> c.history(100, Duration.ofMinutes(5))
                                                .presence()))
                        .start()) {
            Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
            while (example.find()) {
                Command command = Command.of(example.group(1));
                shown.add(command.method());
                String answer = command.send(server.port()).body();
                assertThat(like(JsonText.parse(example.group(2)), JsonText.parse(answer)))
                        .as("%s: %s", example.group(1), answer)
                        .isTrue();
            }
        }
        assertThat(shown)
                .containsAll(Arrays.stream(ApiMethod.values())
                        .map(ApiMethod::methodName)
                        .filter(name -> !List.of("rpc", "info").contains(name))
                        .toList());
    }

    private static boolean like(@Nullable Object said, @Nullable Object answered) {
        if ("…".equals(said)) return answered instanceof String;
        if (said instanceof Map<?, ?> map && answered instanceof Map<?, ?> other)
            return map.keySet().equals(other.keySet())
                    && map.keySet().stream().allMatch(name -> like(map.get(name), other.get(name)));
        if (said instanceof List<?> list && answered instanceof List<?> other) {
            if (list.size() != other.size()) return false;
            for (int i = 0; i < list.size(); i++) if (!like(list.get(i), other.get(i))) return false;
            return true;
        }
        return java.util.Objects.equals(said, answered);
    }

    @Test
    void theMembersInTheTablesAreThoseThatAreRead() throws Exception {
        String page = Files.readString(PAGE);
        for (ApiMethod method : ApiMethod.values()) {
            if (method == ApiMethod.BATCH || method == ApiMethod.RPC) continue;
            String row = page.lines()
                    .filter(line -> line.startsWith("| `" + method.methodName() + "` |"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no row for " + method.methodName()));
            String members = row.split("\\|")[2];
            for (String member : method.members()) {
                if (method == ApiMethod.BROADCAST && !member.equals("channels")) continue; // "the rest of publish"
                assertThat(members).as(method.methodName()).contains("`" + member + "`");
            }
        }
    }

    @Test
    void theLimitsInTheTableAreTheDefaults() throws Exception {
        String page = Files.readString(PAGE);
        for (var limit : ApiLimits.class.getRecordComponents()) {
            String value = String.format(
                    java.util.Locale.ROOT, "%,d", (int) limit.getAccessor().invoke(ApiLimits.DEFAULT));
            assertThat(page).containsPattern("(?m)^\\| `" + limit.getName() + "` \\|.*\\| " + value + " \\|$");
        }
    }
}
