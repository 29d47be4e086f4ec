package dev.openline.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.server.HookFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class AskerTest {
    private static final byte[] QUESTION = "{}".getBytes(StandardCharsets.UTF_8);

    @RegisterExtension
    final Application application = new Application();

    private static CompletionStage<Reply> ask(HookEndpoint endpoint) {
        return new Asker(endpoint, "test").ask(QUESTION, Map.of());
    }

    private static Reply answer(HookEndpoint endpoint) throws Exception {
        return ask(endpoint).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** What is said of the fault that the question ends with. */
    private static String fault(CompletionStage<Reply> stage) {
        try {
            stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(HookFault.class);
            return String.valueOf(e.getCause().getMessage());
        }
        throw new AssertionError("it did not fail");
    }

    private void answersOnce(CountDownLatch release) {
        application.answers("/slow", question -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Application.Answer(200, "{}");
        });
    }

    @Nested
    class A_fault {
        private String of(byte[] body) {
            application.answers("/bad", question -> new Application.Answer(200, body));
            return fault(ask(application.endpoint("/bad")));
        }

        private String inside(String body) {
            application.answers("/bad", body);
            return fault(ask(application.endpoint("/bad")).thenCompose(reply -> {
                try {
                    reply.error();
                    reply.disconnect();
                    Reply.Members result = reply.result();
                    if (result == null) return CompletableFuture.completedStage(reply);
                    result.text("user");
                    result.number("expire_at", 0);
                    result.texts("channels");
                    result.words("tags");
                    result.payload("info");
                    result.flag("expired");
                    return CompletableFuture.completedStage(reply);
                } catch (Reply.Malformed e) {
                    return CompletableFuture.failedStage(new HookFault(String.valueOf(e.getMessage())));
                }
            }));
        }

        @Test
        void is_an_answer_that_is_no_JSON_object() {
            assertThat(of("no JSON".getBytes(StandardCharsets.UTF_8))).contains("no JSON");
            assertThat(of(new byte[0])).contains("no JSON");
            assertThat(of("[]".getBytes(StandardCharsets.UTF_8))).contains("no JSON object");
            assertThat(of("{\"result\":{}} x".getBytes(StandardCharsets.UTF_8))).contains("JSON");
            assertThat(of("{\"result\":{},\"result\":{}}".getBytes(StandardCharsets.UTF_8)))
                    .contains("no JSON");
        }

        @Test
        void is_an_answer_in_anything_but_UTF_8() {
            assertThat(of("{\"result\":{\"user\":\"42\"}}".getBytes(StandardCharsets.UTF_16)))
                    .contains("no UTF-8");
            assertThat(of("{\"result\":{\"user\":\"42\"}}".getBytes(StandardCharsets.UTF_16LE)))
                    .contains("no JSON");
            assertThat(of("{\"result\":{\"user\":\"Zoë\"}}".getBytes(StandardCharsets.ISO_8859_1)))
                    .contains("no UTF-8");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{'result':7}                       | result is no object",
                    "{'result':{'user':5}}              | user is no text",
                    "{'result':{'user':'\\ud800'}}      | user holds half a character",
                    "{'result':{'\\ud800':1}}           | the answer is no JSON",
                    "{'result':{'expire_at':'soon'}}    | expire_at is no whole number",
                    "{'result':{'expire_at':1.5}}       | expire_at is no whole number",
                    "{'result':{'expire_at':1" + "00000000000000000000}} | expire_at is no whole number",
                    "{'result':{'channels':[1]}}        | channels is no list of texts",
                    "{'result':{'channels':'a'}}        | channels is no list",
                    "{'result':{'channels':['\\udc00']}} | channels holds half a character",
                    "{'result':{'tags':{'a':1}}}        | a is no text",
                    "{'result':{'b64info':'*'}}         | b64info is no base64",
                    "{'result':{'expired':1}}           | expired is neither true nor false",
                    "{'error':7}                        | error is no object",
                    "{'error':{'code':399}}             | not in 400–1999",
                    "{'error':{'code':2000}}            | not in 400–1999",
                    "{'error':{}}                       | not in 400–1999",
                    "{'disconnect':{'code':3999}}       | not in 4000–4999",
                    "{'disconnect':{'code':5000}}       | not in 4000–4999"
                })
        void is_an_answer_that_breaks_the_rules(String body, String sentence) {
            assertThat(inside(body.replace('\'', '"'))).contains(sentence);
        }

        @Test
        void is_a_status_that_means_nothing_and_nobody_is_led_elsewhere() throws Exception {
            assertThat(fault(ask(application.endpoint("/nowhere")))).contains("status 404");
            assertThat(application.next().path()).isEqualTo("/nowhere");
            application.answers("/moved", question -> new Application.Answer(307, "{}").leadingTo("/secret"));
            assertThat(fault(ask(application.endpoint("/moved")))).contains("status 307");
            assertThat(application.next().path()).isEqualTo("/moved");
            assertThat(application.asked).isEmpty();
        }

        @Test
        void is_an_answer_that_is_too_large() {
            application.answers("/large", "{\"result\":{\"user\":\"" + "u".repeat(2_000) + "\"}}");
            assertThat(fault(ask(application.endpoint("/large").bounded(10, 1_000))))
                    .contains("maxAnswerBytes (1000)");
        }

        @Test
        void is_an_answer_that_takes_too_long() {
            CountDownLatch release = new CountDownLatch(1);
            answersOnce(release);
            assertThat(fault(ask(application.endpoint("/slow").within(Duration.ofMillis(200)))))
                    .contains("in time");
            release.countDown();
        }

        @Test
        void is_an_answer_whose_end_takes_too_long_and_its_connection_is_closed() throws Exception {
            try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> {
                    try (Socket socket = listening.accept()) {
                        socket.setSoTimeout(20_000);
                        InputStream in = socket.getInputStream();
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\""
                                        .getBytes(StandardCharsets.US_ASCII));
                        int read = in.read();
                        while (read >= 0) read = in.read();
                        return read;
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                URI there = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
                assertThat(fault(ask(HookEndpoint.at(there).within(Duration.ofMillis(500)))))
                        .contains("in time");
                assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
            }
        }

        @Test
        void is_one_question_more_than_may_wait_and_the_others_are_answered() throws Exception {
            CountDownLatch release = new CountDownLatch(1);
            answersOnce(release);
            Asker asker = new Asker(application.endpoint("/slow").bounded(2, 1_000), "test");
            List<CompletionStage<Reply>> two = List.of(asker.ask(QUESTION, Map.of()), asker.ask(QUESTION, Map.of()));
            assertThat(fault(asker.ask(QUESTION, Map.of()))).contains("maxInFlight (2)");
            release.countDown();
            for (var stage : two)
                assertThat(stage.toCompletableFuture().get(20, TimeUnit.SECONDS).result())
                        .isNull();
            assertThat(asker.ask(QUESTION, Map.of())
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .result())
                    .isNull();
        }

        @Test
        void is_an_application_that_is_not_there() throws Exception {
            int free;
            try (ServerSocket socket = new ServerSocket(0)) {
                free = socket.getLocalPort();
            }
            assertThat(fault(ask(HookEndpoint.at(URI.create("http://127.0.0.1:" + free + "/")))))
                    .contains("can't be reached");
        }

        @Test
        void is_none_where_the_status_means_something() throws Exception {
            application.answers("/busy", question -> new Application.Answer(429, "whatever"));
            application.answers("/gone", question -> new Application.Answer(410, ""));
            ErrorReply error = new ErrorReply(1111, "busy", true);
            Reply busy =
                    answer(application.endpoint("/busy").meaning(Map.of(429, new HookEndpoint.Meaning(error, null))));
            assertThat(busy.error()).isEqualTo(error);
            assertThat(busy.result()).isNull();
            Disconnect disconnect = new Disconnect(4410, "gone");
            Reply gone = answer(
                    application.endpoint("/gone").meaning(Map.of(410, new HookEndpoint.Meaning(null, disconnect))));
            assertThat(gone.disconnect()).isEqualTo(disconnect);
        }

        @Test
        void is_said_in_the_log_once_a_second_without_secrets() throws Exception {
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            Logger log = (Logger) LoggerFactory.getLogger(HttpHooks.class);
            lines.start();
            log.addAppender(lines);
            try {
                application.answers("/bad", question -> new Application.Answer(200, "s3cret"));
                Asker asker = new Asker(
                        application
                                .endpoint("/bad?key=s3cret")
                                .passing(List.of(), List.of(), Map.of("Authorization", "s3cret")),
                        "test");
                Map<String, String> headers = asker.headers(null, Map.of());
                fault(asker.ask("{\"data\":\"s3cret\"}".getBytes(StandardCharsets.UTF_8), headers));
                fault(asker.ask(QUESTION, Map.of("Cookie", "s3cret\n")));
                for (int i = 0; i < 20; i++) asker.failed("on purpose");
            } finally {
                log.detachAppender(lines);
            }
            // Not exactly one: seconds may have passed.
            assertThat(lines.list).hasSizeBetween(1, 10);
            assertThat(lines.list).allSatisfy(line -> {
                assertThat(line.getFormattedMessage())
                        .startsWith("the test hook at http://127.0.0.1:")
                        .doesNotContain("s3cret");
                assertThat(line.getThrowableProxy()).isNull();
            });
        }
    }

    @Nested
    class An_endpoint {
        private void refused(String sentence, Runnable making) {
            assertThatThrownBy(making::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(sentence)
                    .hasMessageNotContaining("s3cret");
        }

        private HookEndpoint to(String address) {
            return HookEndpoint.at(URI.create(address));
        }

        @Test
        void is_refused_for_what_can_not_be() {
            refused("http://", () -> to("ftp://a/"));
            refused("http://", () -> to("/hooks"));
            refused("http://", () -> to("http:a"));
            refused("gRPC", () -> to("grpc://a:1/"));
            refused("underscore", () -> to("http://my_app/"));
            refused("Authorization", () -> to("http://me:s3cret@a/"));
            refused("timeout", () -> to("http://a/").within(Duration.ZERO));
            refused("maxInFlight", () -> to("http://a/").bounded(0, 1));
            refused("no header name", () -> to("http://a/").passing(List.of("a b"), List.of(), Map.of()));
            refused("can't be passed on", () -> to("http://a/").passing(List.of("Host"), List.of(), Map.of()));
            refused(
                    "the value of the header x-key can't be sent",
                    () -> to("http://a/").passing(List.of(), List.of(), Map.of("X-Key", "s3cret\r\nX-Other: 1")));
        }
    }
}
