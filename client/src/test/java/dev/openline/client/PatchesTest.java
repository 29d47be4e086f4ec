package dev.openline.client;

import static dev.openline.client.PlayedMachine.connect;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Command;
import dev.openline.protocol.FossilDelta;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Publication.Coding;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.TagsFilter;
import dev.openline.protocol.Tracking;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("client protocol §13: publications as patches")
class PatchesTest {
    private static final SubscribeRequest REQUEST = SubscribeRequest.to("news").withDelta("fossil");

    private final PlayedMachine played = PlayedMachine.connected();
    private final Cursor news = new Cursor(REQUEST);

    /** A payload that resembles all others of its kind. */
    private static String text(int number) {
        return "{\"what\":\"a text that is long enough for a patch\",\"number\":" + number + "}";
    }

    /** As JSON brings it: the payload is the text of a string. */
    private static Publication whole(int number) {
        return new Publication(number, Payload.of("\"" + text(number).replace("\"", "\\\"") + "\""), null, Map.of());
    }

    private static Publication patch(int from, int to) {
        Payload patch = Objects.requireNonNull(FossilDelta.create(Payload.of(text(from)), Payload.of(text(to))));
        return new Publication(to, patch, null, Map.of(), Coding.PATCH, "");
    }

    private static Publication misfit(int number) {
        return new Publication(number, Payload.of("nonsense"), null, Map.of(), Coding.PATCH, "");
    }

    private static SubscribeResult agreed(Recovery recovery, long offset, Publication... missed) {
        return new SubscribeResult(Tracking.RECOVERABLE, position(offset), recovery, List.of(missed), null, null, true);
    }

    private static Command subscribe(SubscribeRequest request, @Nullable StreamPosition position) {
        return new Command.Subscribe(2, request.withRecover(position));
    }

    @BeforeEach
    void subscribed() {
        played.machine.subscribe(news, played.now);
        assertThat(played.take()).endsWith(Effect.Send.of(1, subscribe(REQUEST, null)));
        played.reply(2, agreed(Recovery.NOT_ASKED, 0));
        played.take();
    }

    private void push(Publication publication) {
        played.receive(new Push.PublicationPush("news", publication));
    }

    private void redial() {
        played.close(1006, "");
        played.wake();
        played.open();
        played.reply(1, session());
        played.take();
    }

    @Test
    void theApplicationHearsWholePayloads() {
        push(whole(1));
        push(patch(1, 2));
        push(patch(2, 3));
        push(whole(4));

        assertThat(played.effects.payloads).containsExactly(text(1), text(2), text(3), text(4));
        assertThat(news.position()).isEqualTo(position(4));
    }

    @Test
    void onePushedTwiceIsNoBaseForTheNext() {
        push(whole(1));
        push(patch(1, 2));
        push(patch(1, 2));
        push(whole(1));
        push(patch(2, 3));

        assertThat(played.effects.payloads).containsExactly(text(1), text(2), text(3));
    }

    @Test
    void whatIsRecoveredIsPatchedToo() {
        push(whole(1));
        redial();

        played.reply(2, agreed(Recovery.RECOVERED, 1, whole(2), patch(2, 3)));
        push(patch(3, 4));

        assertThat(played.effects.payloads).containsExactly(text(1), text(2), text(3), text(4));
    }

    @Test
    void afterARecoveryOfNothingThePatchIsToWhatWasHeardBefore() {
        push(whole(1));
        redial();

        played.reply(2, agreed(Recovery.RECOVERED, 1));
        push(patch(1, 2));

        assertThat(played.effects.payloads).containsExactly(text(1), text(2));
    }

    @Test
    void aServerThatDoesNotAgreeSendsPayloadsAsTheyAre() {
        redial();

        played.reply(2, PlayedMachine.at(0));
        push(new Publication(1, Payload.of("\"text\""), null, Map.of()));

        assertThat(played.effects.payloads).containsExactly("\"text\"");
    }

    @Test
    void aPatchThatFitsNothingDropsTheLineAndTheNextAsksForWholePayloads() {
        push(whole(1));
        played.take();

        push(misfit(2));
        assertThat(played.take())
                .containsExactly(
                        new Effect.Drop(1),
                        new Effect.Connecting(Cause.transport("bad patch"), 750),
                        new Effect.Subscribing("news", Cause.TRANSPORT_CLOSED));
        assertThat(news.position()).isEqualTo(position(1));
        played.wake();
        played.open();

        assertThat(played.take())
                .last()
                .isEqualTo(Effect.Send.of(2, connect(1), subscribe(REQUEST.withDelta(""), position(1))));
    }

    @Test
    void nothingOfTheSameReplyIsHandedOnAfterAPatchThatFitsNothing() {
        push(whole(1));
        redial();

        played.reply(2, agreed(Recovery.RECOVERED, 1, whole(2), misfit(3), whole(4)));

        assertThat(played.effects.payloads).containsExactly(text(1), text(2));
        assertThat(news.position()).isEqualTo(position(2));
    }

    @Test
    void patchesAndAFilterExcludeEachOther() {
        SubscribeOptions options =
                new SubscribeOptions().delta().filter(new TagsFilter("", "k", "eq", "v", List.of(), List.of()));

        assertThatThrownBy(() -> options.cursor("news"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("delta and filter");
    }
}
