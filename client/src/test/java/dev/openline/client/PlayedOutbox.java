package dev.openline.client;

import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.KeyedPublish;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A machine with something in its outbox, and words for what becomes of it. After each test nothing must be left to read. */
abstract class PlayedOutbox {
    PlayedMachine played = PlayedMachine.connected();
    private int keys;

    @AfterEach
    void nothingIsLeft() {
        assertThat(played.take()).isEmpty();
    }

    Outgoing publish(String channel) {
        Payload argument = KeyedPublish.argument(channel, Payload.of("1"), "k" + ++keys);
        Outgoing outgoing = new Outgoing(channel, argument, played.now);
        played.machine.publish(outgoing, played.now);
        return outgoing;
    }

    static Command rpc(long id, Outgoing outgoing) {
        return new Command.Rpc(id, "openline.publish", outgoing.argument());
    }

    Effect sent(long id, Outgoing outgoing) {
        return Effect.Send.of(Math.max(1, played.line), rpc(id, outgoing));
    }

    void acknowledge(long id, long offset) {
        played.reply(id, new Result.RpcResult(Payload.of("{\"epoch\":\"e\",\"offset\":" + offset + "}")));
    }

    static Effect acknowledged(Outgoing outgoing, long offset) {
        return new Effect.Acknowledged(outgoing, position(offset));
    }

    void redial() {
        played.close(1006, "");
        reconnect();
    }

    private void reconnect() {
        while (played.take().stream().noneMatch(effect -> effect instanceof Effect.Dial)) played.wake();
        played.open();
        played.take();
        played.reply(1, session());
    }

    <F extends CallFailed> void assertGivenUp(Outgoing outgoing, Class<F> type, String message) {
        assertGivenUp(played.take(), outgoing, type, message);
    }

    static <F extends CallFailed> void assertGivenUp(
            List<Effect> effects, Outgoing outgoing, Class<F> type, String message) {
        assertThat(effects).isNotEmpty();
        assertThat(effects.get(0)).isInstanceOf(Effect.GivenUp.class);
        Effect.GivenUp givenUp = (Effect.GivenUp) effects.get(0);
        assertThat(givenUp.outgoing()).isSameAs(outgoing);
        assertThat(givenUp.why()).isExactlyInstanceOf(type).hasMessage("publish to news " + message);
    }
}
