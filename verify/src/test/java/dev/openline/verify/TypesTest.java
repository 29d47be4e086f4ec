package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The declarations of openline.js, as TypeScript's own compiler understands them. */
@DisplayName("the TypeScript declarations")
class TypesTest {
    @Test
    void aProgramThatUsesAllOfThemCompilesAndMistakesDoNot() {
        try (NodeScript compiler = NodeScript.start("node_modules/typescript/bin/tsc", Map.of())) {
            int exitCode = compiler.exitCode();
            assertThat(compiler.output()).isEmpty();
            assertThat(exitCode).isZero();
        }
    }
}
