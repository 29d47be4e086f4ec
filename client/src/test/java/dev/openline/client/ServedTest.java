package dev.openline.client;

import static dev.openline.client.PlayedMachine.EVERY_25_SECONDS;
import static dev.openline.client.PlayedMachine.at;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.publication;
import static dev.openline.client.PlayedMachine.recovered;
import static dev.openline.client.PlayedMachine.someone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("client protocol §18: subscriptions that the server makes")
class ServedTest {
    private final PlayedMachine played = new PlayedMachine();

    private static Result.ConnectResult session(Map<String, SubscribeResult> subs) {
        return new Result.ConnectResult("c1", "test", null, null, subs, EVERY_25_SECONDS);
    }

    /** Connected, and subscribed by the server to "own" at offset 4. */
    private void served() {
        played.machine.connect(played.now);
        played.open();
        played.take();
        played.reply(1, session(Map.of("own", at(4))));
    }

    private void redial() {
        played.close(1006, "");
        played.wake();
        played.open();
    }

    private static Command connectFrom(StreamPosition position) {
        SubscribeRequest request = SubscribeRequest.to("own").withRecover(position);
        return new Command.Connect(1, "", null, Map.of("own", request), "test", "", Map.of());
    }

    @Test
    void thoseInTheConnectReplyAreTold() {
        served();
        played.publish("own", 5);
        played.receive(new Push.Join("own", someone("c2")));
        played.receive(new Push.Leave("own", someone("c2")));

        assertThat(played.take())
                .containsExactly(
                        new Effect.Connected("c1"),
                        new Effect.Subscribed("own", at(4)),
                        Effect.Published.live("own", 5, position(5)),
                        new Effect.Joined("own", "c2"),
                        new Effect.Left("own", "c2"));
    }

    @Test
    void aNewLineRecoversThemWithConnect() {
        served();
        played.publish("own", 5);
        played.take();

        redial();
        assertThat(played.take())
                .endsWith(
                        new Effect.Subscribing("own", Cause.TRANSPORT_CLOSED),
                        new Effect.Dial(2),
                        Effect.Send.of(2, connectFrom(position(5))));
        SubscribeResult result = recovered(5, publication(6));
        played.reply(1, session(Map.of("own", result)));

        assertThat(played.take())
                .containsExactly(
                        new Effect.Connected("c1"),
                        new Effect.Subscribed("own", result),
                        Effect.Published.recovered("own", 6, position(6)));
    }

    @Test
    void oneThatIsNotThereAnyMoreHasEnded() {
        served();
        redial();
        played.take();

        played.reply(1, PlayedMachine.session());

        assertThat(played.take())
                .containsExactly(
                        new Effect.Connected("c1"),
                        new Effect.Unsubscribed("own", new Cause(2000, "server unsubscribe")));
        redial();
        assertThat(played.take()).last().isEqualTo(Effect.Send.of(3, PlayedMachine.connect(1)));
    }

    @Test
    void oneThatCannotBeRecoveredIsNotAskedTo() {
        played.machine.connect(played.now);
        played.open();
        played.reply(1, session(Map.of("own", SubscribeResult.untracked())));
        played.take();

        redial();

        assertThat(played.take()).last().isEqualTo(Effect.Send.of(2, PlayedMachine.connect(1)));
    }

    @Test
    void oneMayBeMadeAndEndedWithinTheSession() {
        served();
        played.take();

        played.receive(new Push.SubscribePush("more", Tracking.RECOVERABLE, position(7), null));
        played.publish("more", 8);
        played.unsubscribe("more", 2000);
        played.publish("more", 9);

        assertThat(played.take())
                .containsExactly(
                        new Effect.Subscribed("more", at(7)),
                        Effect.Published.live("more", 8, position(8)),
                        new Effect.Unsubscribed("more", new Cause(2000, "because")));
    }

    @Test
    void oneThatIsMadeAgainBeginsAnew() {
        served();
        played.take();

        played.receive(new Push.SubscribePush("own", Tracking.RECOVERABLE, position(9), null));
        played.publish("own", 10);

        assertThat(played.take())
                .containsExactly(new Effect.Subscribed("own", at(9)), Effect.Published.live("own", 10, position(10)));
    }

    @Test
    void theApplicationsOwnSubscriptionHearsTheChannelFirst() {
        served();
        Cursor own = PlayedMachine.cursor("own");
        played.machine.subscribe(own, played.now);
        played.reply(2, at(4));
        played.take();

        played.publish("own", 5);

        assertThat(own.position()).isEqualTo(position(5));
        assertThat(played.take()).hasSize(1);
    }

    @Test
    void aStateThatTheServerCallsInvalidIsNotRecovered() {
        served();
        played.close(3014, "state invalidated");
        played.wake();
        played.take();

        played.open();

        assertThat(played.take()).containsExactly(Effect.Send.of(2, connectFrom(new StreamPosition(0, "_"))));
    }

    @Test
    void closeEndsThem() {
        served();
        played.take();

        played.machine.close(played.now);

        assertThat(played.take())
                .containsExactly(
                        new Effect.Close(1),
                        new Effect.Disconnected(Cause.DISCONNECT_CALLED),
                        new Effect.Subscribing("own", Cause.TRANSPORT_CLOSED),
                        new Effect.Unsubscribed("own", Cause.CLIENT_CLOSED));
    }

    @Test
    void aMessageOnNoChannelIsHandedOn() {
        served();
        played.take();

        played.receive(new Push.MessagePush(Payload.of("1")));

        assertThat(played.take()).containsExactly(new Effect.Message(Payload.of("1")));
    }
}
