package dev.openline.hub;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The hub is handed everything that makes a program hard to repeat: time, epochs, the wire. */
class PurityTest {
    private final JavaClasses hub = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.openline.hub");

    @Test
    void theHubDependsOnTheProtocolsValuesAndTheLanguageOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "dev.openline.hub",
                        "dev.openline.protocol",
                        "java.lang",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util",
                        "java.util.function",
                        "java.util.regex",
                        "java.time",
                        "org.jspecify.annotations")
                .check(hub);
    }

    @Test
    void theHubHasNoThreadClockOrRandomOfItsOwn() {
        noClasses()
                .should()
                .dependOnClassesThat(named(
                        "java.lang.Thread",
                        "java.lang.Runtime",
                        "java.lang.ThreadLocal",
                        "java.lang.System$Logger",
                        "java.time.Clock",
                        "java.time.Instant",
                        "java.util.Random",
                        "java.util.SplittableRandom",
                        "java.util.UUID",
                        "java.util.Timer"))
                .check(hub);
        noClasses().should().callMethod(System.class, "nanoTime").check(hub);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(hub);
        noClasses().should().callMethod(Math.class, "random").check(hub);
    }

    @Test
    void theHubLocksNothing() {
        noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(hub);
        noClasses().should().callMethod(Object.class, "wait").check(hub);
        noClasses().should().callMethod(Object.class, "notifyAll").check(hub);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe("are threads, clocks or random", type -> {
            for (String name : names) if (type.getName().equals(name)) return true;
            return false;
        });
    }
}
