package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ClientMachine} wants done, in this order. The one who does it must not call the machine back before the machine's method
 * has returned. Lines are named by number: 1, 2, 3 …, each dialled once.
 */
interface Effects {
    /** Dial line {@code line}; answer with {@link ClientMachine#lineOpened} or {@link ClientMachine#lineClosed}. */
    void dial(long line);

    /** Send these commands, in this order, in one frame if they fit. */
    void send(long line, List<Command> commands);

    /** Close the line politely. The machine has forgotten it already. */
    void close(long line);

    /** Cut the line, or its dial. The machine has forgotten it already. */
    void drop(long line);

    /** Ask the application for a token; answer with {@link ClientMachine#fetched} or {@link ClientMachine#fetchFailed}. */
    void fetchToken(TokenFetches.Fetch fetch);

    /** The call brought this. */
    void complete(Call<?> call, Result result);

    /** The call brought nothing. */
    void fail(Call<?> call, CallFailed why);

    /** The publish was applied, once; at this position, or null in a channel without a log. */
    void published(Outgoing outgoing, @Nullable StreamPosition position);

    /** The publish was given up. */
    void fail(Outgoing outgoing, CallFailed why);

    /** The client has no session and will dial in so many milliseconds. */
    void connecting(Cause why, long delayMillis);

    void connected(Result.ConnectResult session);

    void disconnected(Cause why);

    /** The subscription does not hear its channel now, and will ask (again). */
    void subscribing(Cursor cursor, Cause why);

    /** The subscription hears its channel from {@code position} on; null in a channel that keeps none. */
    void subscribed(Cursor cursor, Result.SubscribeResult result);

    void unsubscribed(Cursor cursor, Cause why);

    /** A publication for the application, whole; {@link Cursor#position} is now after it. */
    void published(Cursor cursor, Publication publication, Arrival arrival);

    void joined(Cursor cursor, ClientInfo info);

    void left(Cursor cursor, ClientInfo info);

    /** Something for the application, on no channel. */
    void message(@Nullable Payload data);
}
