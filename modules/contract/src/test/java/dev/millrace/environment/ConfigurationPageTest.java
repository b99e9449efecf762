package dev.millrace.environment;

import dev.millrace.reference.ReferencePage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    @Test
    void thePageTellsEverySetting() throws IOException {
        ReferencePage.of("configuration.md", "Configuration")
                .paragraph("""
                        `millrace.yaml` names a project's environments. `--env NAME` chooses one, else the variable
                        `MILLRACE_ENV`, else it is `local`. A variable named below, if it is set and not empty, goes before
                        the file. All mistakes of the file are told at once, with line and path.
                        """)
                .paragraph("""
                        Secrets are never written into the file, nor given as arguments. `{env: NAME}` takes one from an
                        environment variable, `{file: path}` from a file (a relative path begins at the project's folder; a
                        line end at the end of the file does not count). AWS Secrets Manager cannot be read by this version
                        yet.
                        """)
                .paragraph("""
                        With `services: local` everything may be left out: addresses, buckets, users and passwords are then
                        those of the services that `./millrace up` started, as they stand in `services.json` in the state
                        folder. That folder is `.millrace` in the project's folder, or what `MILLRACE_STATE` names.
                        """)
                .table(
                        List.of("setting", "values", "default", "variable", "meaning"),
                        EnvironmentSetting.ALL.stream()
                                .map(setting -> List.of(
                                        "`" + setting.path() + "`",
                                        setting.values(),
                                        setting.fallback(),
                                        setting.variable()
                                                .map(variable -> "`" + variable + "`")
                                                .orElse("none"),
                                        setting.meaning()))
                                .toList())
                .check();
    }
}
