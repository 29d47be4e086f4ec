package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random records of the protocol, the same ones for the same seed. */
final class Samples {
    private static final String[] PIECES = {
        "a",
        "news",
        ":",
        "#",
        "$",
        " ",
        "\"",
        "\\",
        "/",
        "\n",
        "\r",
        "\t",
        "\b",
        "\u0000",
        "\u001f",
        "\u007f",
        "\u0080",
        "é",
        "ß",
        "\u07ff",
        "\u0800",
        "\u2028",
        "漢",
        "\ud7ff",
        "\ue000",
        "\ufeff",
        "\uffff",
        "😀",
        "\ud800\udc00",
        "\udbff\udfff",
        "<",
        "{",
        "}"
    };
    private static final String[] PAYLOADS = {
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0",
        "1e400",
        "-1.50E-7",
        "true",
        "false",
        "\"\\ud83d\\ude00 \\u0000 \\\\ \\\" \\n\"",
        "\"\\ud800\"",
        "{ \"a\" : [ 1 , { \"b\" : null } ] , \"a\" : 2 }",
        "123456789012345678901234567890",
        "\"é😀\u2028\"",
        "[[[[[]]]]]",
        "[null]"
    };

    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    Command command() {
        return switch (random.nextInt(12)) {
            case 0 ->
                new Command.Connect(id(), text(), maybe(this::payload), requests(), text(), text(), map(this::text));
            case 1 -> new Command.Subscribe(id(), request(channel()));
            case 2 -> new Command.Unsubscribe(id(), channel());
            case 3 -> new Command.Publish(id(), channel(), maybe(this::payload));
            case 4 -> new Command.Presence(id(), channel());
            case 5 -> new Command.PresenceStats(id(), channel());
            case 6 ->
                new Command.History(
                        id(), channel(), random.nextInt(5) - 2, maybe(this::position), oneOf(Direction.values()));
            case 7 -> new Command.Rpc(id(), text(), maybe(this::payload));
            case 8 -> new Command.Send(maybe(this::payload));
            case 9 -> new Command.Refresh(id(), text());
            case 10 -> new Command.SubRefresh(id(), channel(), text());
            default -> new Command.Pong();
        };
    }

    ServerMessage serverMessage() {
        return switch (random.nextInt(12)) {
            case 0 -> new Ping();
            case 1 -> new Reply.Failed(id(), new ErrorReply(random.nextInt(3) * 1000, text(), random.nextBoolean()));
            case 2, 3, 4, 5, 6 -> push();
            default -> new Reply.Done(id(), result());
        };
    }

    private Push push() {
        return switch (random.nextInt(10)) {
            case 0 -> new Push.Join(channel(), info());
            case 1 -> new Push.Leave(channel(), info());
            case 2 -> new Push.UnsubscribePush(channel(), new Unsubscribed(random.nextInt(3000), text()));
            case 3 -> {
                Tracking tracking = oneOf(Tracking.values());
                yield new Push.SubscribePush(channel(), tracking, tracked(tracking), maybe(this::payload));
            }
            case 4 -> new Push.MessagePush(maybe(this::payload));
            case 5 -> new Push.DisconnectPush(new Disconnect(3000 + random.nextInt(2000), text()));
            case 6 -> new Push.RefreshPush(maybe(this::expiry));
            case 7 -> new Push.ConnectPush(connected());
            default -> new Push.PublicationPush(channel(), publication());
        };
    }

    private Result result() {
        return switch (random.nextInt(11)) {
            case 0, 1 -> connected();
            case 2, 3 -> subscribed();
            case 4 -> new Result.UnsubscribeResult();
            case 5 -> new Result.PublishResult();
            case 6 -> new Result.PresenceResult(map(this::info));
            case 7 -> new Result.PresenceStatsResult(u32(), u32());
            case 8 -> new Result.HistoryResult(list(this::publication), position());
            case 9 -> new Result.RpcResult(maybe(this::payload));
            default ->
                random.nextBoolean()
                        ? new Result.RefreshResult(maybe(this::expiry))
                        : new Result.SubRefreshResult(maybe(this::expiry));
        };
    }

    private Result.ConnectResult connected() {
        return new Result.ConnectResult(
                text(),
                text(),
                maybe(this::expiry),
                maybe(this::payload),
                map(this::subscribed),
                maybe(this::heartbeat),
                maybe(() -> new Result.ConnectResult.Emulation(text() + "s", text())),
                offset());
    }

    private SubscribeResult subscribed() {
        Tracking tracking = oneOf(Tracking.values());
        Recovery recovery = oneOf(Recovery.values());
        List<Publication> missed = recovery == Recovery.RECOVERED ? list(this::publication) : List.of();
        return new SubscribeResult(
                tracking,
                tracked(tracking),
                recovery,
                missed,
                maybe(this::expiry),
                maybe(this::payload),
                random.nextBoolean());
    }

    private @Nullable StreamPosition tracked(Tracking tracking) {
        return tracking == Tracking.NONE ? null : position();
    }

    Publication publication() {
        Publication whole = new Publication(offset(), payload(), maybe(this::info), map(this::text));
        return switch (random.nextInt(4)) {
            case 0 -> whole.coded(Publication.Coding.PATCH, Payload.of(text()));
            case 1 -> whole.saidOn(text());
            default -> whole;
        };
    }

    private ClientInfo info() {
        return new ClientInfo(text(), text(), maybe(this::payload), maybe(this::payload));
    }

    private Map<String, SubscribeRequest> requests() {
        Map<String, SubscribeRequest> requests = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String channel = channel();
            requests.put(channel, request(channel));
        }
        return requests;
    }

    private SubscribeRequest request(String channel) {
        EnumSet<Wish> wishes = EnumSet.noneOf(Wish.class);
        for (Wish wish : Wish.values()) if (random.nextBoolean()) wishes.add(wish);
        return new SubscribeRequest(
                channel,
                text(),
                maybe(this::position),
                maybe(this::payload),
                wishes,
                oneOf("", "fossil"),
                random.nextInt(4) == 0 ? filter(3) : null,
                oneOf(0, 1, -1),
                oneOf(0L, 1L, 3L, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private TagsFilter filter(int depth) {
        List<TagsFilter> nodes = depth == 0 ? List.of() : list(() -> filter(depth - 1));
        return new TagsFilter(oneOf("", "and", "not"), text(), oneOf("", "eq"), text(), list(this::text), nodes);
    }

    StreamPosition position() {
        return new StreamPosition(offset(), text());
    }

    private Expiry expiry() {
        return new Expiry(u32());
    }

    private Heartbeat heartbeat() {
        return new Heartbeat(1 + random.nextInt(100), random.nextBoolean());
    }

    Payload payload() {
        return Payload.of(oneOf(PAYLOADS));
    }

    String channel() {
        return oneOf(PIECES) + text();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8) - 2; i > 0; i--) text.append(oneOf(PIECES));
        return text.toString();
    }

    private long id() {
        return oneOf(1L, 9L, 10L, 99_999L, Numbers.MAX_U32);
    }

    private long u32() {
        return oneOf(0L, 1L, 3600L, Numbers.MAX_U32);
    }

    long offset() {
        return oneOf(0L, 1L, 9L, 10L, 1234567890123L, Long.MAX_VALUE);
    }

    <T> List<T> list(Supplier<T> of) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) list.add(of.get());
        return list;
    }

    <T> Map<String, T> map(Supplier<T> of) {
        Map<String, T> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) map.put(channel(), of.get());
        return map;
    }

    <T> @Nullable T maybe(Supplier<T> of) {
        return random.nextBoolean() ? of.get() : null;
    }

    @SafeVarargs
    final <T> T oneOf(T... some) {
        return some[random.nextInt(some.length)];
    }
}
