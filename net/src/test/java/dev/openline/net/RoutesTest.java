package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
    private static final List<String> PATHS =
            List.of("/", "/a", "/a/", "/a/{x}", "/a/b", "/a/{x}/c", "/a/b/*", "/{x}/c", "/a/*", "/d/{x}/{y}", "/é");

    private static Map.Entry<Routes, Map<RouteOptions.Route, String>> added(List<String> paths) {
        Routes routes = new Routes();
        Map<RouteOptions.Route, String> names = new HashMap<>();
        for (String path : paths) {
            RouteOptions.Route route = new RouteOptions()
                    .handler(request -> new WebSocketHandler() {})
                    .build(path);
            names.put(route, path);
            routes.add(path, route);
        }
        return Map.entry(routes, names);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a, /a",
        "/a/, /a/",
        "/a/b, /a/b",
        "/a/x, /a/{x}",
        "/a/b/c, /a/b/*",
        "/a/x/c, /a/{x}/c",
        "/a/b/d, /a/b/*",
        "/a/b/, /a/b/*",
        "/a/x/y, /a/*",
        "/q/c, /{x}/c",
        "/d/1/2, /d/{x}/{y}",
        "/%C3%A9, /é",
        "/%61, /a",
        "/a%2Fb, ",
        "/d/1, ",
        "//a, ",
        "/A, ",
        "a, ",
        "/d/1/2/3, ",
        "/d//2, ",
    })
    void aPathHasTheRouteThatIsMostLiteralFromTheLeft(String path, String expected) {
        List<String> shuffled = new ArrayList<>(PATHS);
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            var all = added(shuffled);
            Routes.Found found = all.getKey().find(path);
            assertThat(found == null ? null : all.getValue().get(found.route()))
                    .as("seed %s", seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void parametersAreDecodedOnceAndAloneNameTheirSegments() {
        Routes.Found found = added(PATHS).getKey().find("/d/a%252Fb/c%2Bd+e");
        assertThat(found).isNotNull();
        assertThat(found.parameters()).isEqualTo(Map.of("x", "a%2Fb", "y", "c+d+e"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "/*/a", "/a*", "/{a}b", "/{a}/{a}", "/{", "/{}"})
    void anotherKindOfPathIsRefused(String path) {
        assertThatThrownBy(() -> added(List.of(path))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"/a, /a", "/{a}, /{b}", "/*, /*"})
    void aSecondRouteOnAPathReplacesTheFirst(String one, String other) {
        var all = added(List.of(one, other));
        assertThat(all.getValue().get(all.getKey().find("/a").route())).isEqualTo(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%2", "/%zz"})
    void aMalformedEscapeIsSaid(String path) {
        assertThatThrownBy(() -> added(PATHS).getKey().find(path)).isInstanceOf(IllegalArgumentException.class);
    }
}
