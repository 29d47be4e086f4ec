package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WhereaboutsTest {
    @Test
    void theKindIsSaidInWordsWithTheHost() {
        assertThat(Whereabouts.of(RedisOptions.at("redis://127.0.0.1:6379"))).isEqualTo("the Redis at 127.0.0.1:6379");
        assertThat(Whereabouts.of(RedisOptions.cluster(List.of("redis://a:1", "redis://b:2"))))
                .isEqualTo("the Redis Cluster of a:1, b:2");
        assertThat(Whereabouts.of(RedisOptions.sentinels("main", List.of("redis://a:1"))))
                .isEqualTo("the Redis that the sentinels at a:1 call main");
    }

    @Test
    void passwordsAndDatabasesAreLeftOut() {
        assertThat(Whereabouts.of(RedisOptions.at("rediss://user:pa/ss@w?rd@host:6380/3?timeout=1s")))
                .isEqualTo("the Redis at host:6380");
    }
}
