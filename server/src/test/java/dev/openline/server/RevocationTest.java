package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Push;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Unsubscribed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that are revoked while they are in use. */
class RevocationTest {
    private ServedSessions served;

    @BeforeEach
    void start() throws Exception {
        served = new ServedSessions(o -> o.apiKey("key"));
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private void revoke(String method, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + served.server.port() + "/api/" + method))
                .header("X-API-Key", "key")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo("{\"result\":{}}");
    }

    private Caller connected(String user, String token) throws Exception {
        Caller caller = served.dial(Encoding.JSON);
        caller.says(Command.Connect.by(
                1, "test", ServedSessions.connection(user).id(token).sign()));
        assertThat(caller.answerTo(1)).isEqualTo("reply");
        return caller;
    }

    private static Command.Subscribe subscribe(long id, String channel, String token) {
        return new Command.Subscribe(
                id,
                SubscribeRequest.to(channel)
                        .withToken(ServedSessions.subscription("alice", channel)
                                .id(token)
                                .issuedAt(Instant.now())
                                .sign()));
    }

    @Test
    void a_revoked_connection_token_ends_its_connection_and_no_other() throws Exception {
        try (Caller one = connected("alice", "one");
                Caller two = connected("alice", "two")) {
            revoke("revoke_token", "{\"uid\":\"one\"}");
            assertThat(one.answerTo(9)).isEqualTo("closed 3500");
            two.says(new Command.Rpc(2, "echo", null));
            assertThat(two.answerTo(2)).isEqualTo("reply");
        }
    }

    @Test
    void a_revoked_subscription_token_ends_its_subscription_and_the_line_goes_on() throws Exception {
        try (Caller alice = connected("alice", "one")) {
            alice.says(subscribe(2, "news:a", "of a"), subscribe(3, "news:b", "of b"));
            assertThat(alice.answerTo(2)).isEqualTo("reply");
            assertThat(alice.answerTo(3)).isEqualTo("reply");
            revoke("revoke_token", "{\"uid\":\"of a\"}");
            assertThat(alice.next()).isEqualTo(new Push.UnsubscribePush("news:a", Unsubscribed.EXPIRED));
            alice.says(subscribe(4, "news:a", "of a"));
            assertThat(alice.answerTo(4)).isEqualTo("error 103");
            alice.says(subscribe(5, "news:a", "another"));
            assertThat(alice.answerTo(5)).isEqualTo("reply");
        }
    }

    @Test
    void all_tokens_of_a_user_can_be_revoked() throws Exception {
        try (Caller carol = connected("carol", "one");
                Caller bob = connected("bob", "two")) {
            revoke("invalidate_user_tokens", "{\"user\":\"carol\"}");
            assertThat(carol.answerTo(9)).isEqualTo("closed 3500");
            bob.says(new Command.Rpc(2, "echo", null));
            assertThat(bob.answerTo(2)).isEqualTo("reply");
        }
    }
}
