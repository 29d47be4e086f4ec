package dev.openline.server;

/** Hears of channels that get their first subscriber and lose their last. Called on event loops, so it must not block; what it throws is logged. */
public interface ChannelListener {
    void occupied(String channel);

    void vacated(String channel);

    /** One that is not interested. */
    static ChannelListener none() {
        return new ChannelListener() {
            @Override
            public void occupied(String channel) {}

            @Override
            public void vacated(String channel) {}
        };
    }
}
