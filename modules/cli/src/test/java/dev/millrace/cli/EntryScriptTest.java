package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in a copy of the checkout that is built already: a Java that only prints its arguments shows what it does. */
class EntryScriptTest {
    private static final Path SCRIPT =
            Path.of("../../millrace").toAbsolutePath().normalize();

    @TempDir
    private Path folder = Path.of("");

    private record Ran(int code, String output) {}

    @Test
    void isCorrectBash() throws Exception {
        assertThat(run(folder, Map.of(), "bash", "-n", SCRIPT.toString())).isEqualTo(new Ran(0, ""));
    }

    @Test
    void handsArgumentsOverUnchangedFromAnyFolderAndWithSpacesInThePath() throws Exception {
        Path checkout = checkout("a check out");
        Path java = java("17.0.1");

        Ran ran = run(
                folder,
                Map.of("JAVA_HOME", java.toString(), "CI", "true"),
                checkout.resolve("millrace").toString(),
                "sql",
                "select 'a  b', \"c\" -- *");

        assertThat(ran.code()).isZero();
        assertThat(ran.output().lines())
                .contains(
                        "<-Dmillrace.home=" + checkout.toRealPath() + ">",
                        "<-Dmillrace.terminal=false>",
                        "<dev.millrace.cli.MillraceMain>",
                        "<sql>",
                        "<select 'a  b', \"c\" -- *>")
                .contains("<" + checkout.toRealPath() + "/modules/cli/target/millrace-cli-1.jar:"
                        + checkout.toRealPath() + "/modules/cli/target/lib/other.jar>");
    }

    @Test
    void givesTheDemoAStateOfItsOwnAndNothingOfOtherEnvironments() throws Exception {
        Path checkout = checkout("demo");

        Ran ran = run(
                folder,
                Map.of(
                        "JAVA_HOME", java("17.0.1").toString(),
                        "MILLRACE_STATE", "/somewhere",
                        "MILLRACE_ENV", "production",
                        "MILLRACE_WAREHOUSE_URL", "jdbc:postgresql://production/warehouse"),
                checkout.resolve("millrace").toString(),
                "demo",
                "--report");

        assertThat(ran.code()).isZero();
        assertThat(ran.output().lines())
                .contains("MILLRACE_STATE=/somewhere/demo", "MILLRACE_ENV=local")
                .noneMatch(line -> line.contains("production"));
    }

    @Test
    void saysWhichJavaIsTooOld() throws Exception {
        Path checkout = checkout("old");

        Ran ran = run(
                folder,
                Map.of("JAVA_HOME", java("11.0.2").toString()),
                checkout.resolve("millrace").toString(),
                "up");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("is Java 11, and Millrace needs 17 or later");
    }

    @Test
    void saysThatJavaHomeLeadsNowhere() throws Exception {
        Ran ran = run(
                folder,
                Map.of("JAVA_HOME", folder.resolve("nothing").toString()),
                checkout("lost").resolve("millrace").toString(),
                "up");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("JAVA_HOME is ", "there is no bin/java in it");
    }

    @Test
    void leavesNothingOfAWarmUpThatIsInterruptedAndInterruptedAgain() throws Exception {
        Path checkout = checkout("warm");
        Path calls = Files.createDirectories(folder.resolve("calls"));
        Path java = java("17.0.1", """
                case " $* " in
                  *" run "*) echo "runs as $$" >&2; exec sleep 60 ;;
                  *" down "*) sleep 1; echo "$MILLRACE_STATE" >"$CALLS/down" ;;
                esac
                """);
        Process warmUp = start(
                folder,
                Map.of("JAVA_HOME", java.toString(), "CALLS", calls.toString()),
                checkout.resolve("millrace").toString(),
                "warm-up");
        long job = warmUp.inputReader()
                .lines()
                .filter(line -> line.startsWith("runs as "))
                .mapToLong(line -> Long.parseLong(line.substring("runs as ".length())))
                .findFirst()
                .orElseThrow();
        Path states = checkout.resolve(".millrace");
        assertThat(warmUps(states)).hasSize(1);

        warmUp.destroy();
        assertThat(warmUp.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        warmUp.destroy();

        assertThat(warmUp.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(warmUp.exitValue()).isEqualTo(128 + 15);
        assertThat(calls.resolve("down")).content().contains(states.toRealPath().toString());
        assertThat(warmUps(states)).isEmpty();
        assertThat(ProcessHandle.of(job).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static List<Path> warmUps(Path states) throws IOException {
        try (Stream<Path> found = Files.list(states)) {
            return found.filter(state -> state.getFileName().toString().startsWith("warm-up"))
                    .toList();
        }
    }

    @Test
    void refusesTestsThatThereAreNot() throws Exception {
        Ran ran = run(folder, Map.of(), checkout("tests").resolve("millrace").toString(), "test", "ruby");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("millrace test [java|python]");
    }

    private Path checkout(String name) throws IOException {
        Path checkout = Files.createDirectories(folder.resolve(name));
        Files.copy(SCRIPT, checkout.resolve("millrace"));
        assertThat(checkout.resolve("millrace").toFile().setExecutable(true)).isTrue();
        Path module = checkout.resolve("modules/cli");
        Files.createDirectories(module.resolve("src/main"));
        Files.createDirectories(module.resolve("target/lib"));
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createFile(module.resolve("pom.xml"));
        Files.createFile(module.resolve("target/millrace-cli-1.jar"));
        Files.createFile(module.resolve("target/lib/other.jar"));
        Files.createFile(module.resolve("target/built"));
        return checkout;
    }

    private Path java(String version) throws IOException {
        return java(version, "printf '<%s>\\n' \"$@\"\nenv | grep ^MILLRACE_\nexit 0\n");
    }

    /** As far as the script can tell, a JDK. */
    private Path java(String version, String does) throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk " + version));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + does);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static Process start(Path from, Map<String, String> variables, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(variables);
        return builder.directory(from.toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .start();
    }

    private static Ran run(Path from, Map<String, String> variables, String... command) throws Exception {
        Process process = start(from, variables, command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
    }
}
