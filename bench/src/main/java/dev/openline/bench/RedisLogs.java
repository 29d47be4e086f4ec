package dev.openline.bench;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.store.redis.RedisOptions;
import dev.openline.store.redis.RedisStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/** Logs in Redis, as one event loop of a server uses them. */
final class RedisLogs implements Keeping {
    /** What is left of a run is gone after this. */
    private static final Duration TTL = Duration.ofMinutes(2);

    private final RedisStore redis;
    private final ChannelOptions every;
    private final SharedStore store;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final LongConsumer answered;
    private final String run;

    /** @param run stands before the names of channels: the same for those that share them */
    RedisLogs(String address, String prefix, String run, LongConsumer answered) throws IOException {
        this(address, prefix, run, TTL, answered);
    }

    /** The same, with what is left staying for so long. */
    // More than 4 parameters because it is the same with one more.
    RedisLogs(String address, String prefix, String run, Duration ttl, LongConsumer answered) throws IOException {
        this.every = ChannelOptions.every(100, ttl).metaTtl(ttl).build();
        ChannelRules rules = ChannelRules.builder().withoutNamespace(every).build();
        this.redis = RedisStore.connect(RedisOptions.at(address).withPrefix(prefix));
        this.store = redis.onLoop("", rules, loop, System::currentTimeMillis);
        this.answered = answered;
        this.run = run;
    }

    @Override
    public void append(int channel, long offset, byte[] data, long token) {
        loop.execute(() ->
                store.publish(PublishRequest.of(run + channel, Payload.wrap(data)), every, (published, now) -> {
                    if (!(published instanceof Published.At)) throw new IllegalStateException("Redis refuses");
                    answered.accept(token);
                }));
    }

    /** Hears of publications, whose payloads are given to {@code heard}; returns when it hears all channels. */
    void follow(int channels, Heard heard) throws InterruptedException {
        CountDownLatch listening = new CountDownLatch(channels);
        loop.execute(() -> {
            for (int i = 0; i < channels; i++) store.follow(run + i, new Ear(heard, listening));
        });
        listening.await();
    }

    interface Heard {
        void payload(Payload data);
    }

    private record Ear(Heard heard, CountDownLatch listening) implements SharedStore.Follower {
        @Override
        public void said(SharedStore.Said said, long now) {
            heard.payload(said.entry().publication().data());
        }

        @Override
        public void joined(ClientInfo who) {}

        @Override
        public void left(ClientInfo who) {}

        @Override
        public void listening(long now) {
            listening.countDown();
        }

        @Override
        public void deaf(long now) {}
    }

    @Override
    public void close() {
        redis.close();
        loop.shutdown();
    }
}
