package dev.openline.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.net.HttpRequest;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.server.Client;
import dev.openline.wire.Headers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HttpEventsTest {
    @RegisterExtension
    final Application application = new Application();

    private HookEndpoint endpoint() {
        return application.endpoint("/events");
    }

    private HttpEvents events() {
        return new HttpEvents(endpoint(), true, channel -> !channel.equals("quiet"), Duration.ofMillis(1));
    }

    /** Answers with these, one after another, and then with 200. */
    private void answers(Application.Answer... answers) {
        LinkedBlockingQueue<Application.Answer> next = new LinkedBlockingQueue<>(List.of(answers));
        application.answers("/events", question -> {
            Application.Answer answer = next.poll();
            return answer == null ? new Application.Answer(200, "{}") : answer;
        });
    }

    /** Answers nothing until it is released. */
    private CountDownLatch answersLater() {
        CountDownLatch release = new CountDownLatch(1);
        application.answers("/events", question -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Application.Answer(200, "{}");
        });
        return release;
    }

    private static Client client() {
        return new Client(
                new ClientInfo("42", "c1", null, null),
                "websocket",
                Encoding.PROTOBUF,
                HttpRequest.of("GET", "/connection/websocket", Headers.NONE),
                Map.of(),
                Payload.of("{\"plan\":\"gold\"}"),
                null);
    }

    private static List<String> channelsIn(String body) {
        return Pattern.compile("\"channel\":\"([^\"]*)\"")
                .matcher(body)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void say_who_is_gone_and_which_channels_are_occupied() throws Exception {
        answers();
        try (var events = events()) {
            events.disconnected(client(), new Disconnect(3000, "bye"));
            assertThat(application.next().body())
                    .matches("\\{\"events\":\\[\\{\"type\":\"disconnected\",\"time\":\\d+,\"client\":\"c1\","
                            + "\"transport\":\"websocket\",\"protocol\":\"protobuf\",\"encoding\":\"json\","
                            + "\"user\":\"42\",\"code\":3000,\"reason\":\"bye\"}]}");
            events.disconnected(client(), null);
            assertThat(application.next().body()).endsWith("\"user\":\"42\"}]}");
            events.occupied("quiet");
            events.occupied("a");
            assertThat(application.next().body())
                    .matches("\\{\"events\":\\[\\{\"type\":\"occupied\",\"time\":\\d+,\"channel\":\"a\"}]}");
            events.vacated("a");
            assertThat(application.next().body()).contains("\"type\":\"vacated\"");
        }
        assertThat(application.asked).isEmpty();
    }

    @Test
    void say_what_the_application_remembers_of_the_client_where_it_wants_to_hear_it() throws Exception {
        answers();
        HookEndpoint endpoint = endpoint().sending(HookEndpoint.Form.JSON, HookEndpoint.Meta.INCLUDED);
        try (var events = new HttpEvents(endpoint, true, channel -> true)) {
            events.disconnected(client(), null);
            assertThat(application.next().body()).endsWith("\"user\":\"42\",\"meta\":{\"plan\":\"gold\"}}]}");
        }
    }

    @Test
    void are_told_again_until_they_are_taken_and_before_newer_ones() throws Exception {
        answers(new Application.Answer(500, "{}"), new Application.Answer(302, ""), new Application.Answer(503, "{}"));
        try (var events = events()) {
            events.occupied("a");
            events.occupied("b");
            String first = application.next().body();
            assertThat(channelsIn(first)).startsWith("a");
            for (int i = 0; i < 3; i++) assertThat(application.next().body()).isEqualTo(first);
            if (channelsIn(first).size() == 1)
                assertThat(channelsIn(application.next().body())).containsExactly("b");
        }
    }

    @Test
    void are_taken_with_any_status_of_success_whatever_else_is_said() throws Exception {
        answers(
                new Application.Answer(204, ""),
                new Application.Answer(200, "thank you"),
                new Application.Answer(202, ""));
        try (var events = events()) {
            for (String channel : List.of("a", "b", "c", "d")) {
                events.occupied(channel);
                assertThat(channelsIn(application.next().body())).containsExactly(channel);
            }
        }
        assertThat(application.asked).isEmpty();
    }

    @Test
    void are_told_in_their_order_one_request_after_another() throws Exception {
        CountDownLatch release = answersLater();
        try (var events = events()) {
            events.occupied("first");
            assertThat(channelsIn(application.next().body())).containsExactly("first");
            for (int i = 0; i < 250; i++) events.occupied("c" + i);
            assertThat(application.asked).isEmpty();
            release.countDown();
            int heard = 0;
            for (int size : new int[] {100, 100, 50}) {
                List<String> channels = channelsIn(application.next().body());
                assertThat(channels).hasSize(size);
                for (String channel : channels) assertThat(channel).isEqualTo("c" + heard++);
            }
        }
    }

    @Test
    void are_dropped_and_counted_where_too_many_wait() throws Exception {
        CountDownLatch release = answersLater();
        try (var events = events()) {
            events.occupied("first");
            application.next();
            for (int i = 0; i < HttpEvents.MAX_WAITING + 3; i++) events.occupied("c");
            assertThat(events.dropped()).isEqualTo(3);
            release.countDown();
        }
    }

    @Test
    void are_dropped_and_counted_where_the_application_does_not_take_them_and_later_ones_are_told() throws Exception {
        Application.Answer[] no = new Application.Answer[HttpEvents.MAX_ATTEMPTS];
        java.util.Arrays.fill(no, new Application.Answer(500, ""));
        answers(no);
        try (var events = events()) {
            events.occupied("a");
            for (int i = 0; i < HttpEvents.MAX_ATTEMPTS; i++)
                assertThat(channelsIn(application.next().body())).containsExactly("a");
            await().until(() -> events.dropped() == 1);
            events.occupied("b");
            assertThat(channelsIn(application.next().body())).containsExactly("b");
        }
    }

    @Test
    void that_wait_are_told_before_a_close_ends() throws Exception {
        CountDownLatch release = answersLater();
        var events = events();
        events.occupied("a");
        application.next();
        events.vacated("a");
        CompletableFuture<Void> closed = CompletableFuture.runAsync(events::close);
        release.countDown();
        closed.get(20, TimeUnit.SECONDS);
        Matcher last = Pattern.compile("\"type\":\"(\\w+)\"")
                .matcher(application.next().body());
        assertThat(last.results().map(found -> found.group(1))).containsExactly("vacated");
        assertThat(events.dropped()).isZero();
        events.occupied("b");
        assertThat(events.dropped()).isOne();
    }

    @Test
    void that_nobody_takes_are_dropped_when_the_farewell_is_over() throws Exception {
        CountDownLatch release = answersLater();
        var events = events();
        events.occupied("a");
        application.next();
        events.vacated("a");
        events.close();
        assertThat(events.dropped()).isEqualTo(2);
        release.countDown();
    }
}
