package dev.millrace.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.contract.Contract;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.HourBook;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.control.SqlFile;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What control database, warehouse and audit say of a pipeline.
 *
 * @param rows of each table, models included
 * @param differences that the audit found, each as a sentence
 */
record Findings(
        String pipeline,
        long landed,
        long clean,
        long duplicate,
        SortedMap<String, Long> quarantined,
        List<Rows> rows,
        List<String> differences) {
    private static final SqlFile SQL = SqlFile.of(Findings.class);

    Findings {
        quarantined = Collections.unmodifiableSortedMap(new TreeMap<>(quarantined));
        rows = List.copyOf(rows);
        differences = List.copyOf(differences);
    }

    /**
     * Rows of a table on both sides of the load.
     *
     * @param duplicates by key, which were left out of a base table
     */
    record Rows(String table, boolean isModel, long lake, long duplicates, long warehouse) {}

    long bad() {
        return sum(quarantined.values());
    }

    /** Rows of base tables. */
    long base() {
        return rows.stream()
                .filter(table -> !table.isModel())
                .mapToLong(Rows::lake)
                .sum();
    }

    long duplicatesByKey() {
        return rows.stream().mapToLong(Rows::duplicates).sum();
    }

    /** @param audit of this pipeline and others */
    static Findings of(Contract contract, Environment environment, JsonNode audit) {
        Environment.Database database = environment.control();
        ControlDatabase control = ControlDatabase.open(
                database.url(), database.user(), database.password().reveal());
        List<HourBook> hours = new ArrayList<>();
        List<Rows> rows = new ArrayList<>();
        for (SourceTable source : contract.sources()) {
            hours.addAll(new Books(control).hours(source.name()).values());
            rows.add(rows(source.name(), false, control, environment));
        }
        for (ModelTable model : contract.models()) {
            rows.add(rows(model.name(), true, control, environment));
        }
        SortedMap<String, Long> reasons = new TreeMap<>();
        hours.forEach(hour -> hour.reasons().forEach((reason, records) -> reasons.merge(reason, records, Long::sum)));
        return new Findings(
                contract.pipeline(),
                hours.stream().mapToLong(HourBook::landed).sum(),
                hours.stream().mapToLong(HourBook::clean).sum(),
                hours.stream().mapToLong(HourBook::duplicate).sum(),
                reasons,
                rows,
                differences(audit, rows));
    }

    private static Rows rows(String table, boolean isModel, ControlDatabase control, Environment environment) {
        Collection<PartitionBook> periods = new Partitions(control).of(table).values();
        return new Rows(
                table,
                isModel,
                periods.stream().mapToLong(PartitionBook::rows).sum(),
                periods.stream().mapToLong(PartitionBook::duplicates).sum(),
                counted(table, environment.warehouse().database()));
    }

    private static long counted(String table, Environment.Database warehouse) {
        try (Connection connection = DriverManager.getConnection(
                        warehouse.url(), warehouse.user(), warehouse.password().reveal());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        SQL.statement("rows").replace("{table}", statement.enquoteIdentifier(table, true)))) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new JobException(
                    ExitCode.TEMPORARY, "The warehouse cannot be asked for " + table + ": " + e.getMessage(), e);
        }
    }

    private static List<String> differences(JsonNode audit, List<Rows> tables) {
        List<String> differences = new ArrayList<>();
        for (JsonNode finding : audit.path("findings")) {
            String table = finding.path("table").asText();
            if (tables.stream().anyMatch(one -> one.table().equals(table))) {
                differences.add(table + "/"
                        + finding.path("period").asText() + ": "
                        + finding.path("what").asText() + " "
                        + finding.path("expected").asText() + " expected, found "
                        + finding.path("found").asText());
            }
        }
        return differences;
    }

    private static long sum(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }
}
