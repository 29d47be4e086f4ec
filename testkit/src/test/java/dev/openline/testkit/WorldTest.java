package dev.openline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.OpenlineClient;
import dev.openline.server.OpenlineServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A real server and a real client in a world of their own. */
class WorldTest {
    @Test
    void a_client_hears_what_was_said_while_its_line_was_cut() throws Exception {
        try (var world = World.of(7)) {
            Host backend = world.host("backend");
            var server = OpenlineServer.create(o -> o.insecure()
                            .loops(backend.loops())
                            .host(backend.address())
                            .port(8000)
                            .channel("news", c -> c.history(100, Duration.ofMinutes(5))))
                    .start();
            Host laptop = world.host("laptop");
            List<Long> heard = new ArrayList<>();
            var client = OpenlineClient.to(backend.uri(8000), o -> o.loops(laptop.loops()));
            client.subscribe("news", publication -> heard.add(publication.offset()));
            client.connect();
            world.pass(Duration.ofSeconds(1));
            for (int i = 0; i < 50; i++) {
                server.publish("news", "{\"n\":" + i + "}");
                if (i % 10 == 5) laptop.cutAll();
                world.pass(Duration.ofMillis(100));
            }
            world.pass(Duration.ofSeconds(30));
            assertThat(heard).isEqualTo(LongStream.rangeClosed(1, 50).boxed().toList());
        }
    }
}
