package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The official SDK over WebSocket, in JSON: what it does without being told otherwise. */
class SdkTest extends SdkContract {
    private static final String RECOVERABLE = "{\"recoverable\":true,\"positioned\":true}";

    @BeforeAll
    static void startNode() {
        start(Sdk.Way.WEBSOCKET_JSON);
    }

    @Nested
    @DisplayName("a client that breaks the protocol")
    class Broken {
        @Test
        void aBrokenCommandEndsTheSessionWith3501ForGood() {
            alice.connect();
            alice.tell("raw", "{\"id\":");

            assertThat(alice.next("line")).startsWith("disconnected 3501");
        }

        @Test
        void anUnknownCommandEndsTheSessionWith3501ForGood() {
            alice.connect();
            alice.tell("raw", "{\"id\":77,\"teleport\":{}}");

            assertThat(alice.next("line")).startsWith("disconnected 3501");
        }

        @Test
        void itsNeighboursHearNothingOfIt() {
            alice.connect();
            bob.connect();
            bob.subscribe("news", RECOVERABLE);
            alice.tell("raw", "nonsense");
            assertThat(alice.next("line")).startsWith("disconnected 3501");
            publish("news", 1, 3);

            assertHears(bob, "news", 1, 3);
        }
    }
}
