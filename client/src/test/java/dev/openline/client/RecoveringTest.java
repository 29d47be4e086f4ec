package dev.openline.client;

import static dev.openline.client.PlayedMachine.connect;
import static dev.openline.client.PlayedMachine.cursor;
import static dev.openline.client.PlayedMachine.notRecovered;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.publication;
import static dev.openline.client.PlayedMachine.recovered;
import static dev.openline.client.PlayedMachine.session;
import static dev.openline.client.PlayedMachine.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.Tracking;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecoveringTest {
    private final Cursor news = cursor("news");

    @Nested
    @DisplayName("client protocol §12: offsets, epochs, recovery")
    class Recovering {
        private final PlayedMachine played = PlayedMachine.subscribed(news);

        @Test
        void eachPublicationMovesThePosition() {
            played.publish("news", 5);
            played.publish("news", 6);

            assertThat(played.take())
                    .containsExactly(
                            Effect.Published.live("news", 5, position(5)),
                            Effect.Published.live("news", 6, position(6)));
        }

        @Test
        void whatWasHeardIsNotHeardAgain() {
            played.publish("news", 5);
            played.take();

            played.publish("news", 5);
            played.publish("news", 3);

            assertThat(played.take()).isEmpty();
            assertThat(news.position()).isEqualTo(position(5));
        }

        @Test
        void aPublicationWithoutAnOffsetIsHandedOnAndMovesNothing() {
            played.publish("news", 0);

            assertThat(played.take()).containsExactly(Effect.Published.live("news", 0, position(4)));
        }

        @Test
        void aNewLineAsksForWhatCameAfterThePosition() {
            played.publish("news", 5);
            redial();

            assertThat(played.take()).containsExactly(Effect.Send.of(2, connect(1), subscribe(2, "news", position(5))));
        }

        @Test
        void missedPublicationsComeAfterTheApplicationKnowsThatItRecovered() {
            redial();
            played.reply(1, session());
            played.take();

            SubscribeResult result = recovered(4, publication(5), publication(6));
            played.reply(2, result);
            played.publish("news", 6);
            played.publish("news", 7);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Subscribed("news", result),
                            Effect.Published.recovered("news", 5, position(5)),
                            Effect.Published.recovered("news", 6, position(6)),
                            Effect.Published.live("news", 7, position(7)));
        }

        @Test
        void aLineThatBreaksAgainAsksFromWhereTheWalkEnded() {
            redial();
            played.reply(1, session());
            played.reply(2, recovered(4, publication(5)));
            redial();

            assertThat(played.take())
                    .last()
                    .isEqualTo(Effect.Send.of(3, connect(1), subscribe(2, "news", position(5))));
        }

        @Test
        void whatCouldNotBeRecoveredMovesThePositionToTheTop() {
            redial();
            played.reply(1, session());
            played.take();

            SubscribeResult result = notRecovered(new StreamPosition(2, "f"));
            played.reply(2, result);
            played.publish("news", 3);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Subscribed("news", result),
                            Effect.Published.live("news", 3, new StreamPosition(3, "f")));
        }

        @Test
        void aChannelThatIsNotRecoverableAnyMoreIsNotAskedTo() {
            redial();
            played.reply(1, session());
            played.reply(2, SubscribeResult.untracked());
            played.publish("news", 1);
            played.publish("news", 1);
            assertThat(played.take())
                    .endsWith(Effect.Published.live("news", 1, null), Effect.Published.live("news", 1, null));

            redial();

            assertThat(played.take()).last().isEqualTo(Effect.Send.of(3, connect(1), subscribe(2, "news", null)));
        }

        @Test
        void aPositionWithoutRecoveryIsFollowedAndNotAskedFor() {
            redial();
            played.reply(1, session());
            played.reply(
                    2,
                    new SubscribeResult(Tracking.POSITIONED, position(9), Recovery.NOT_ASKED, List.of(), null, null));
            played.publish("news", 9);
            played.publish("news", 10);
            assertThat(played.take()).endsWith(Effect.Published.live("news", 10, position(10)));

            redial();

            assertThat(played.take()).last().isEqualTo(Effect.Send.of(3, connect(1), subscribe(2, "news", null)));
        }

        @Test
        void disconnectKeepsThePositionForTheNextConnect() {
            played.machine.disconnect(played.now);
            played.machine.connect(played.now);
            played.take();

            played.open();

            assertThat(played.take()).containsExactly(Effect.Send.of(2, connect(1), subscribe(2, "news", position(4))));
        }

        private void redial() {
            played.close(1006, "");
            played.wake();
            played.take();
            played.open();
        }
    }
}
