package dev.openline.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which module may know which: the table of the design, kept. What is in no row may be known to nobody. */
class ModulesTest {
    private static final String OURS = "dev.openline.";

    /** Each module, and those of ours that it may depend on. */
    private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("wire", Set.of()),
            Map.entry("net", Set.of("wire")),
            Map.entry("protocol", Set.of()),
            Map.entry("hub", Set.of("protocol")),
            Map.entry("server", Set.of("wire", "net", "protocol", "hub", "tokens")),
            Map.entry("store.disk", Set.of("protocol", "hub", "tokens")),
            Map.entry("store.redis", Set.of("protocol", "hub", "tokens")),
            Map.entry("hooks", Set.of("wire", "net", "protocol", "hub", "server")),
            Map.entry("client", Set.of("wire", "net", "protocol")),
            Map.entry("tokens", Set.of("protocol")),
            Map.entry("testkit", Set.of("wire", "net", "protocol", "hub", "server", "client")),
            Map.entry(
                    "app",
                    Set.of(
                            "wire",
                            "net",
                            "protocol",
                            "hub",
                            "tokens",
                            "server",
                            "hooks",
                            "store.disk",
                            "store.redis",
                            "client")));

    private static JavaClasses all;

    @BeforeAll
    static void read() {
        all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(MAY_KNOW.keySet().stream().map(OURS::concat).toList());
    }

    static Stream<String> modules() {
        return MAY_KNOW.keySet().stream().sorted();
    }

    @Test
    void everyModuleHasBeenRead() {
        assertThat(modules())
                .allSatisfy(module ->
                        assertThat(all).anyMatch(type -> type.getPackageName().equals(OURS + module)));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aModuleKnowsOnlyTheModulesBelowIt(String module) {
        DescribedPredicate<JavaClass> ofOthers = DescribedPredicate.describe(
                "are of our modules, but not of " + module + " or of " + MAY_KNOW.get(module),
                type -> type.getPackageName().startsWith(OURS)
                        && !type.getPackageName().equals(OURS + module)
                        && !MAY_KNOW.get(module).contains(type.getPackageName().substring(OURS.length())));
        noClasses()
                .that()
                .resideInAPackage(OURS + module + "..")
                .should()
                .dependOnClassesThat(ofOthers)
                .check(all);
    }

    /** A class of a deeper package would need to be public to be of use: the boundary would be gone. */
    @Test
    void everyModuleIsOnePackage() {
        assertThat(all)
                .allSatisfy(type ->
                        assertThat(MAY_KNOW).containsKey(type.getPackageName().substring(OURS.length())));
    }

    /** Only the module that carries bytes, and those who share its loops, know what carries them. */
    @Test
    void nettyIsUnknownToTheWireTheProtocolAndTheHub() {
        noClasses()
                .that()
                .resideInAnyPackage(OURS + "wire", OURS + "protocol", OURS + "hub", OURS + "tokens")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(all);
    }

    /** Words that say nothing about what a class is for. */
    @Test
    void noClassIsNamedAfterNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .check(all);
    }
}
