package dev.openline.wire;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URI;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the wire has no I/O, thread, clock, lock or random")
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.openline.wire");

    /** An address is a value, not a socket. */
    private static final DescribedPredicate<JavaClass> SOCKETS = describe(
            "sockets, channels or files",
            c -> c.getPackageName().startsWith("java.net") && !c.isEquivalentTo(URI.class)
                    || c.getPackageName().startsWith("java.nio.channels")
                    || c.getPackageName().startsWith("java.nio.file")
                    || c.getPackageName().startsWith("java.io") && !isPartOfExceptions(c));

    private static final DescribedPredicate<JavaClass> THREADS = describe(
            "threads or locks",
            c -> c.getPackageName().startsWith("java.util.concurrent")
                    || Set.of("java.lang.Thread", "java.lang.ThreadLocal", "java.util.Timer")
                            .contains(c.getName()));

    private static final DescribedPredicate<JavaClass> RANDOM = describe(
            "random",
            c -> c.getPackageName().startsWith("java.util.random")
                    || Set.of("java.util.Random", "java.util.UUID", "java.security.SecureRandom")
                            .contains(c.getName()));

    private static final String JZLIB = "com.jcraft.jzlib";

    private static final DescribedPredicate<JavaClass> OTHERS = describe(
            "anything but the JDK and JZlib",
            c -> !c.getPackageName().startsWith("java.")
                    && !c.getPackageName().equals(JZLIB)
                    && !c.getPackageName().startsWith("dev.openline.wire")
                    && !c.getPackageName().startsWith("org.jspecify")
                    && !c.isPrimitive()
                    && !c.isArray());

    @Test
    void noSocketsThreadsOrRandom() {
        noClasses().should().dependOnClassesThat(SOCKETS).check(MAIN);
        noClasses().should().dependOnClassesThat(THREADS).check(MAIN);
        noClasses().should().dependOnClassesThat(RANDOM).check(MAIN);
    }

    @Test
    void noClocks() {
        noClasses().should().dependOnClassesThat().areAssignableTo(Clock.class).check(MAIN);
        noClasses().should().callMethod(System.class, "nanoTime").check(MAIN);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(MAIN);
        noClasses().should().callMethod(java.time.Instant.class, "now").check(MAIN);
        noClasses().should().callMethod(Math.class, "random").check(MAIN);
    }

    @Test
    void noDependencies() {
        noClasses().should().dependOnClassesThat(OTHERS).check(MAIN);
    }

    /** A pure computation, and kept to one class so that it stays easy to leave (docs/adr/0003). */
    @Test
    void oneClassKnowsJzlib() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SmallWindowDeflater")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JZLIB)
                .check(MAIN);
    }

    private static boolean isPartOfExceptions(JavaClass c) {
        return c.isEquivalentTo(java.io.Serializable.class);
    }
}
