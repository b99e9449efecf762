package dev.millrace.environment;

import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import dev.millrace.contract.written.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a secret is: {@code {env: NAME}} or {@code {file: path}}. */
record SecretReference(Kind kind, String where, Place place) {
    static final String ALLOWED = "{env: NAME} or {file: path}";

    private static final List<String> NOT_YET = List.of("awsSecretsManager", "aws", "secretsManager");

    enum Kind {
        ENV,
        FILE
    }

    /** Understands a reference; looks nothing up. */
    static Optional<SecretReference> of(Written written, Problems problems) {
        if (!(written instanceof Written.Members members) || members.members().size() != 1) {
            String hint = written instanceof Written.Scalar
                    ? "a secret is never written into this file"
                    : "this is no reference";
            problems.add(written.place(), hint + "; allowed: " + ALLOWED);
            return Optional.empty();
        }
        Written.Member member = members.members().get(0);
        if (NOT_YET.contains(member.name())) {
            problems.add(
                    member.place(),
                    "secrets of AWS Secrets Manager cannot be read by this version yet; allowed: " + ALLOWED);
            return Optional.empty();
        }
        if (!member.name().equals("env") && !member.name().equals("file")) {
            problems.add(
                    member.place(),
                    "a reference has no '" + member.name() + "'; allowed: " + ALLOWED
                            + Suggestion.forWord(member.name(), List.of("env", "file")));
            return Optional.empty();
        }
        if (member.value() instanceof Written.Scalar scalar
                && scalar.form() == Written.Scalar.Form.TEXT
                && !scalar.text().isBlank()) {
            Kind kind = member.name().equals("env") ? Kind.ENV : Kind.FILE;
            return Optional.of(new SecretReference(kind, scalar.text(), scalar.place()));
        }
        problems.add(
                member.value().place(),
                "this must be a text, but it is " + member.value().kind());
        return Optional.empty();
    }

    Optional<Secret> look(Path project, Map<String, String> variables, Problems problems) {
        Optional<String> found = kind == Kind.ENV ? variable(variables) : file(project);
        if (found.isEmpty()) {
            problems.add(
                    place,
                    kind == Kind.ENV
                            ? "the environment variable " + where + " is not set"
                            : "the file " + project.resolve(where) + " cannot be read, or is empty");
        }
        return found.map(Secret::of);
    }

    private Optional<String> variable(Map<String, String> variables) {
        return Optional.ofNullable(variables.get(where)).filter(text -> !text.isEmpty());
    }

    /** Editors end a file with a line feed, which is no part of the secret. */
    private Optional<String> file(Path project) {
        try {
            return Optional.of(Files.readString(project.resolve(where)).replaceFirst("\\r?\\n$", ""))
                    .filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
