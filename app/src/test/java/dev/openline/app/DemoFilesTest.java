package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoFilesTest {
    private static final Path FOLDER = Path.of("src/main/resources/dev/openline/app/demo");

    @Test
    void everyFileOfThePageIsServed() throws Exception {
        List<String> paths;
        try (Stream<Path> files = Files.list(FOLDER)) {
            paths = files.map(file -> "/" + file.getFileName()).toList();
        }
        assertThat(paths).isNotEmpty();
        assertThat(DemoPages.FILES.keySet()).containsAll(paths);
    }

    @Test
    void everyFileThatIsServedIsThere() {
        assertThat(DemoPages.FILES.values())
                .allSatisfy(path ->
                        assertThat(DemoPages.class.getResource(path)).as(path).isNotNull());
    }
}
