package dev.openline.server;

import dev.openline.protocol.Disconnect;
import org.jspecify.annotations.Nullable;

/** Hears of clients that come and go. Called on event loops, so it must not block; what it throws is logged. */
public interface ConnectionListener {
    /** A client's {@code connect} has succeeded. */
    void connected(Client client);

    /**
     * A client that was connected is gone.
     *
     * @param why what the server told it; null if the line ended otherwise
     */
    void disconnected(Client client, @Nullable Disconnect why);
}
