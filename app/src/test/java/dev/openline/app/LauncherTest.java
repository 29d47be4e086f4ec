package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script, run for real by bash in a folder with a space in its name, among JDKs and a Maven that are small
 * scripts: so what is found, built and started is decided by the test and not by the machine.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {
    @TempDir
    Path folder;

    LauncherFixture machine;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        machine = new LauncherFixture(folder);
    }

    @Nested
    @DisplayName("finding Java")
    class FindingJava {
        @Test
        void withoutAnyJavaItSaysSo() throws Exception {
            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("openline: no Java found: install a JDK 17 or newer, or set JAVA_HOME to one.\n");
        }

        @Test
        void aServiceWithoutAHomeIsStartedToo() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            machine.environment().remove("HOME");

            assertThat(machine.run("--version").out()).contains("/usr/lib/jvm/java-17/bin/java ");
        }

        @Test
        void javaElevenIsRefusedByItsReleaseFile() throws Exception {
            Path jdk = machine.installJdk("usr/lib/jvm/java-11", "11.0.22");

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("openline: Java 11 in " + jdk + " is too old: Openline needs JDK 17 or newer.\n");
        }

        @Test
        void javaEightWithoutReleaseFileIsAskedForItsVersion() throws Exception {
            Path jdk = machine.installJdk("jre", "1.8.0_402");
            Files.delete(jdk.resolve("release"));
            machine.putOnPath(jdk.resolve("bin/java"));

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("Java 8 in " + jdk + " is too old");
        }

        @Test
        void javaOnThePathThatWouldHaveToBeAskedIsLeftAloneWhenAnotherIsFound() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            Path shim = machine.installJdk("shims", "25.0.3");
            Files.delete(shim.resolve("release"));
            machine.putOnPath(shim.resolve("bin/java"));

            assertThat(machine.run("--version").out()).contains("/usr/lib/jvm/java-17/bin/java ");
        }

        @Test
        void newestIsPreferredToTheOneInJavaHome() throws Exception {
            machine.environment()
                    .put("JAVA_HOME", machine.installJdk("old", "17.0.9").toString());
            Path newest = machine.installJdk("usr/lib/jvm/java-25", "25.0.3");
            machine.installJdk("usr/lib/jvm/java-9", "9.0.4");
            machine.installMaven();

            assertThat(machine.run("--version").out()).startsWith(newest + "/bin/java ");
        }

        @Test
        void openlineJavaHomeIsPreferredToTheNewest() throws Exception {
            Path chosen = machine.installJdk("chosen", "17.0.9");
            machine.environment().put("OPENLINE_JAVA_HOME", chosen.toString());
            machine.installJdk("usr/lib/jvm/java-25", "25.0.3");
            machine.installMaven();

            assertThat(machine.run("--version").out()).startsWith(chosen + "/bin/java ");
        }

        @Test
        void openlineJavaHomeWithoutJavaIsNamed() throws Exception {
            machine.environment().put("OPENLINE_JAVA_HOME", "/nowhere");
            machine.installJdk("usr/lib/jvm/java-25", "25.0.3");

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("OPENLINE_JAVA_HOME is /nowhere");
        }
    }

    @Nested
    @DisplayName("building")
    class Building {
        @Test
        void withoutMavenItSaysThatItIsMissing() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("there is no Maven");
        }

        @Test
        void whereNothingCanBeWrittenItSaysSoAndDoesNotWait() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            Files.writeString(machine.project().resolve("target"), "no folder");

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).startsWith("openline: not built, or its sources have changed");
        }

        @Test
        void withoutCompilerItSaysThatAJdkIsMissing() throws Exception {
            Path jre = machine.installJdk("usr/lib/jvm/java-21", "21.0.2");
            Files.delete(jre.resolve("bin/javac"));
            machine.installMaven();

            var run = machine.run("--version");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("openline: Java 21 in " + jre
                            + " cannot compile: building Openline needs a JDK 17 or newer, with javac.\n");
        }

        @Test
        void olderJdkBuildsForANewerRuntime() throws Exception {
            Path jre = machine.installJdk("usr/lib/jvm/java-21", "21.0.2");
            Files.delete(jre.resolve("bin/javac"));
            Path jdk = machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();

            assertThat(machine.run("--version").out()).startsWith(jre + "/bin/java ");
            assertThat(machine.builds()).containsExactly("JAVA_HOME=" + jdk + " -pl app");
        }

        @Test
        void progressNamesEachModule() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();

            assertThat(machine.run("--version").err())
                    .contains("building with JDK 17")
                    .contains("  [1/2] Openline wire\n  [2/2] Openline app\n");
        }

        @Test
        void secondStartBuildsNothing() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            machine.run("--version");

            var second = machine.run("--version");

            assertThat(second.err()).isEmpty();
            assertThat(second.exitCode()).isZero();
            assertThat(machine.builds()).hasSize(1);
        }

        @Test
        void editedSourceIsBuiltAgain() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            machine.run("--version");
            machine.age(machine.project().resolve("target/openline/app.stamp"));

            assertThat(machine.run("--version").err()).contains("the sources have changed");
            assertThat(machine.builds()).hasSize(2);
        }

        @Test
        void deletedSourceIsBuiltAgain() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
            machine.run("--version");
            Path source = machine.project().resolve("app/src/main/Main.java");
            FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
            Files.delete(source);
            Files.setLastModifiedTime(source.getParent(), later);

            machine.run("--version");

            assertThat(machine.builds()).hasSize(2);
        }

        @Test
        void failedBuildShowsTheEndOfItsLogAndIsTriedAgain() throws Exception {
            machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installFailingMaven("[ERROR] Main.java: ';' expected");

            var failed = machine.run("--version");
            machine.installMaven();
            var mended = machine.run("--version");

            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.out()).isEmpty();
            assertThat(failed.err()).contains("[ERROR] Main.java: ';' expected").contains("the build failed");
            assertThat(mended.exitCode()).isZero();
        }
    }

    @Nested
    @DisplayName("starting")
    class Starting {
        Path jdk;

        @BeforeEach
        void build() throws IOException {
            jdk = machine.installJdk("usr/lib/jvm/java-17", "17.0.9");
            machine.installMaven();
        }

        @Test
        void worksThroughASymbolicLinkFromAnotherFolder() throws Exception {
            Path link = Files.createSymbolicLink(folder.resolve("line link"), machine.launcher());
            Path relative = Files.createSymbolicLink(folder.resolve("second"), Path.of("line link"));

            var run = machine.run(relative, List.of("--version"));

            assertThat(link).isSymbolicLink();
            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .contains("-cp " + machine.project() + "/target/openline/app/library.jar:" + machine.project()
                            + "/target/openline/app/openline-app-1.jar dev.openline.app.Main --version")
                    .endsWith("in " + folder.toRealPath() + "\n");
        }

        @Test
        void argumentsArriveAsTheyWereGiven() throws Exception {
            var run = machine.run("connect", "-H", "Name: a b  c", "", "*");

            assertThat(run.out()).contains("dev.openline.app.Main|connect|-H|Name: a b  c||*|");
        }

        @Test
        void benchHasItsOwnMainAndLibraries() throws Exception {
            var run = machine.run("bench", "echo");

            assertThat(machine.builds()).containsExactly("JAVA_HOME=" + jdk + " -pl bench");
            assertThat(run.out())
                    .contains("dev.openline.bench.Main|echo|")
                    .contains("/target/openline/bench/library.jar");
        }

        @Test
        void proofsHaveTheirOwnMainAndAreBuiltWithTheTestsTheyFeed() throws Exception {
            var run = machine.run("fuzz", "frames");
            Path targets = Files.createDirectories(machine.project().resolve("wire/src/test"));
            Files.writeString(targets.resolve("FuzzFrames.java"), "");
            machine.run("conformance");

            assertThat(machine.builds()).hasSize(2).containsOnly("JAVA_HOME=" + jdk + " -pl proof");
            assertThat(run.out()).contains("dev.openline.proof.Main|fuzz|frames|");
        }

        @Test
        void javaReplacesTheScriptSoThatSignalsArrive() throws Exception {
            machine.run("--version");

            var run = machine.run("--version");

            assertThat(run.out()).contains("pid " + run.pid() + "\n");
        }

        @Test
        void exitCodeIsThatOfJava() throws Exception {
            machine.environment().put("FAKE_EXIT_CODE", "2");

            assertThat(machine.run("--bad").exitCode()).isEqualTo(2);
        }

        @Test
        void ownOptionsComeBeforeTheMainClass() throws Exception {
            machine.environment().put("OPENLINE_JAVA_OPTS", "-Xmx64m -Dname=value");

            assertThat(machine.run("echo").out()).contains("|-Xmx64m|-Dname=value|-cp|");
        }

        @Test
        void unsafeIsAllowedOnlyWhereJavaKnowsTheOption() throws Exception {
            var on17 = machine.run("--version");
            machine.installJdk("usr/lib/jvm/java-25", "25.0.3");
            var on25 = machine.run("--version");

            assertThat(on17.out()).doesNotContain("--sun-misc-unsafe-memory-access");
            assertThat(on25.out()).contains("--sun-misc-unsafe-memory-access=allow");
        }

        @Test
        void classesAreSharedBetweenStartsWhereJavaKeepsThemByItself() throws Exception {
            var on17 = machine.run("echo");
            machine.installJdk("usr/lib/jvm/java-21", "21.0.2");
            var on21 = machine.run("echo");
            var bench = machine.run("bench", "echo");

            assertThat(on17.out()).doesNotContain("SharedArchive");
            assertThat(on21.out())
                    .contains("|-XX:SharedArchiveFile=" + machine.project() + "/target/openline/java21-echo.jsa|");
            assertThat(bench.out()).doesNotContain("SharedArchive");
        }

        /** A service whose user only reads the build would end with 1 instead of 143, because Java can't write the archive. */
        @Test
        void whereNothingCanBeWrittenJavaIsNotAskedToKeepClasses() throws Exception {
            machine.installJdk("usr/lib/jvm/java-21", "21.0.2");
            machine.run("--version");
            Path built = machine.project().resolve("target/openline");
            Files.setPosixFilePermissions(built, PosixFilePermissions.fromString("r-xr-xr-x"));
            try {
                assumeFalse(Files.isWritable(built), "root writes everywhere");
                assertThat(machine.run("echo").out()).contains("|echo|").doesNotContain("SharedArchive");
            } finally {
                Files.setPosixFilePermissions(built, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }
}
