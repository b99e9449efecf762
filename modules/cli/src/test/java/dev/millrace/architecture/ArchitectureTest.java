package dev.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses CLASSES = Modules.classes();
    private static final String OURS = "dev.millrace";

    /** Which modules each one may know: design's direction, written once. */
    private static final Map<String, List<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("job", List.of()),
            Map.entry("contract", List.of("job", "environment")),
            Map.entry("environment", List.of("job", "contract")),
            Map.entry("control", List.of("job", "contract", "environment")),
            Map.entry("lake", List.of("job", "contract", "environment")),
            Map.entry("orc", List.of("job", "contract", "environment", "lake")),
            Map.entry("ingest", List.of("job", "contract", "environment", "control", "lake")),
            Map.entry("transform", List.of("job", "contract", "environment", "control")),
            Map.entry("load", List.of("job", "contract", "environment", "control", "lake")),
            Map.entry("local", List.of("job", "contract", "environment")),
            Map.entry("cli", List.of("job", "contract", "environment", "control", "local")));

    static Stream<String> everyPackage() {
        return MAY_KNOW.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource
    void everyPackage(String name) {
        List<String> allowed = MAY_KNOW.getOrDefault(name, List.of());
        String[] others = MAY_KNOW.keySet().stream()
                .filter(other -> !other.equals(name) && !allowed.contains(other))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(inside(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .because("the direction of dependencies may not be turned round"));
    }

    /** Transform meets Iceberg through Spark's runtime jar only, which brings its own copy. */
    @Test
    void onlyTheLakeAndTransformKnowIceberg() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("lake", "transform", "bench")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.iceberg..")
                .because("one module knows the table format"));
    }

    /** Ingest finds the module by the format's word, and runs without it. */
    @Test
    void onlyOneModuleKnowsOrc() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("orc")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.orc..")
                .because("its library is taken only where a contract asks for the format"));
    }

    @Test
    void onlyTransformKnowsSpark() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("transform", "bench")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.spark..")
                .because("the other jobs start fast"));
    }

    @Test
    void onlyTheLakeKnowsTheClientOfS3() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("lake", "transform", "bench", "local.firehose")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk.services.s3..")
                .because("what S3 fails with becomes a sentence in one place"));
    }

    @Test
    void onlyTheLakeAndWhatTakesFromQueuesAndStreamsKnowAws() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("lake", "transform", "bench", "ingest.feed", "local.firehose")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk..")
                .because("the lake decides on addresses, credentials and the HTTP client"));
        check(noClasses()
                .that()
                .resideInAPackage(inside("ingest.feed"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon.awssdk.http..", "software.amazon.awssdk.auth..")
                .because("the lake decides on addresses, credentials and the HTTP client"));
    }

    @Test
    void onlyControlLoadLocalAndCliSpeakSql() {
        check(noClasses()
                .that(resideOutsideOfPackages(insideAll("control", "load", "local", "cli", "bench")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                        // What a callback of the control database throws, and what it is lent to pass on.
                        .and(isNoneOf(java.sql.SQLException.class, java.sql.Connection.class)))
                .because("databases are asked in few places"));
    }

    @Test
    void onlyCommandsParseArguments() {
        check(noClasses()
                .that(areNotNamed(".*(Command|Main|Options)", OURS + "\\.job\\.Job"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .because("a command parses and wires, a job works"));
    }

    @Test
    void onlyMainEndsTheProcess() {
        check(noClasses()
                .that(areNotNamed(".*Main"))
                .should()
                .callMethod(System.class, "exit", int.class)
                .because("whoever is called may be called again"));
    }

    @Test
    void theClockIsPassedIn() {
        check(noClasses()
                .that(areNotNamed(".*(Command|Main|TestServices)"))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .because("a test has to be able to say what time it is"));
    }

    @Test
    void packagesAreNamedAfterTheDatasWay() {
        check(noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..manager..")
                .orShould()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
                .because("such names gather what nobody placed"));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    private static String inside(String name) {
        return OURS + "." + name + "..";
    }

    private static String[] insideAll(String... names) {
        return Arrays.stream(names).map(ArchitectureTest::inside).toArray(String[]::new);
    }

    /** By the outermost class: what is nested belongs to it. */
    private static DescribedPredicate<JavaClass> areNotNamed(String... patterns) {
        Pattern named = Pattern.compile("(" + String.join("|", patterns) + ")(\\$.*)?");
        return DescribedPredicate.describe(
                "are not named " + String.join(" or ", patterns),
                subject -> !named.matcher(subject.getName()).matches());
    }

    private static DescribedPredicate<JavaClass> isNoneOf(Class<?>... allowed) {
        return DescribedPredicate.describe(
                "are none of " + Arrays.toString(allowed),
                subject -> Arrays.stream(allowed).noneMatch(subject::isEquivalentTo));
    }
}
