package dev.millrace.contract;

import dev.millrace.reference.ReferencePage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractSettingsPageTest {
    @Test
    void thePageTellsEverySetting() throws IOException {
        ReferencePage.of("contract-settings.md", "Settings of a contract")
                .paragraph("""
                        A contract, `dags/pipelines/<name>/contract.yaml`, is a document of the Open Data Contract Standard,
                        version 3, and its `id` is the name of its folder. Names, types, `required`, `primaryKey` and
                        descriptions are the standard's own; what it has no word for is written among the
                        `customProperties` of the contract, of a table (an object of its schema) or of a property:
                        `{property: layout, value: firehose}`.
                        """)
                .paragraph("""
                        `./millrace contract check` tells all mistakes at once, each with file, line and path. The standard
                        defines further fields, such as owners, tags, servers and `quality`: they may be written, and this
                        version does not act on them.
                        """)
                .heading("The contract")
                .table(HEAD, rows(Setting.Level.CONTRACT))
                .heading("A table")
                .table(HEAD, rows(Setting.Level.TABLE))
                .heading("A property")
                .paragraph("""
                        Its `physicalType` is one of: %s; numeric with at most %d digits. A `logicalType` may be left out,
                        and must agree otherwise. What is read, and when it is quarantined, is said in
                        [records.md](records.md).
                        """.formatted(PhysicalTypes.ALLOWED, FieldType.Decimal.MAX_PRECISION))
                .table(HEAD, rows(Setting.Level.PROPERTY))
                .heading("The header of a model")
                .paragraph("""
                        A model's SQL file begins with comments that declare what cannot be seen from the query:
                        """)
                .paragraph("""
                        ```sql
                        -- period: day
                        -- grain: day, domain
                        -- input: consent_events reach same
                        -- input: sites reach all
                        -- input: visits reach -1d..+7d
                        ```
                        """)
                .paragraph("""
                        `period` divides the model's rows, `grain` names the columns that tell one row from another, and each
                        `input` is a table of the same contract with the part of it that one period of the model reads: the
                        `same` period, so many days before its start and after its end, or `all`. An input whose period is
                        coarser than the model's can only be read with `all`. The query is one `select` or `with` without
                        `;`. Functions that may give another result each time (`rand`, `uuid`, `current_timestamp`, `first`
                        outside a window and the like) are refused.
                        """)
                .check();
    }

    private static final List<String> HEAD = List.of("setting", "where", "values", "default", "meaning");

    private static List<List<String>> rows(Setting.Level level) {
        return ContractSettings.of(level).stream()
                .map(setting -> List.of(
                        "`" + setting.name() + "`",
                        setting.where(),
                        setting.values(),
                        setting.fallback(),
                        setting.meaning()))
                .toList();
    }
}
