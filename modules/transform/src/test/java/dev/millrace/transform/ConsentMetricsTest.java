package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.BaseSettings;
import dev.millrace.contract.Contract;
import dev.millrace.contract.ContractFile;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Books;
import dev.millrace.control.Edge;
import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import dev.millrace.control.ObjectBook;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model of the consents pipeline on rows of its own shape. */
final class ConsentMetricsTest {
    private static final Contract CONTRACT = ContractFile.read(Path.of("../../dags/pipelines/consents/contract.yaml"));
    private static final String[] GOLDEN = {
        "[2026-01-05-03,d,null,1,0,0,0,0,0,1.0,2026-01-05]",
        "[2026-01-05-03,d,FR,3,1,1,0,1,1,1.5,2026-01-05]",
        "[2026-01-05-04,d,FR,0,0,1,0,0,0,null,2026-01-05]"
    };

    @BeforeAll
    static void land() {
        Landing.SESSION.ensureNamespace("clean");
        Landing.SESSION
                .spark()
                .sql("create table millrace.clean.consent_events (id string, at timestamp, domain string, type string,"
                        + " user_id string, country string, has_consent boolean, datehour string, _object string,"
                        + " _etag string, _record bigint, _hour string, _period string) using iceberg"
                        + " partitioned by (_hour)");
        hour(
                "03",
                "e1 pageview u1 FR true,e2 pageview u1 FR false,e3 pageview u2 FR false,e4 consent.asked u2 FR false,"
                        + "e5 consent.given u2 FR true,e6 pageview u9 null false,e1 pageview u1 FR true");
        hour("04", "e2 pageview u1 FR false,e7 consent.asked u1 FR false");
    }

    private static void hour(String hour, String events) {
        int record = 0;
        for (String event : events.split(",")) {
            String[] parts = event.split(" ");
            record++;
            Landing.SESSION
                    .spark()
                    .sql(String.format(
                            "insert into millrace.clean.consent_events values ('%s', timestamp'2026-01-05 01:00:00',"
                                    + " 'd', '%s', '%s', %s, %s, '2026-01-05-%s', 'o%s', 'e', %d, '2026-01-05T%s',"
                                    + " '2026-01-05')",
                            parts[0],
                            parts[1],
                            parts[2],
                            parts[3].equals("null") ? "null" : "'" + parts[3] + "'",
                            parts[4],
                            hour,
                            hour,
                            record,
                            hour));
        }
        int rows = record;
        Landing.CONTROL.transact(connection -> new Books(Landing.CONTROL)
                .record(
                        connection,
                        "consent_events",
                        new HourBook(
                                "2026-01-05T" + hour,
                                1,
                                false,
                                MadeOf.of(Map.of()),
                                List.of(new ObjectBook("o", "e", 1, Optional.empty(), true, true, rows, rows, 0, 0)),
                                new TreeMap<>(),
                                rows,
                                "plan"),
                        Optional.of(List.of(new Edge("2026-01-05T" + hour, "2026-01-05", rows, hour, hour))),
                        Landing.CLOCK.instant()));
    }

    private static List<String> run(Contract contract, String runId) {
        new TransformJob(contract, Landing.CONTROL, Landing.LAKE, runId, Landing.CLOCK).run();
        return Landing.model("consent_metrics", "datehour, domain, country nulls first").stream()
                .map(Row::toString)
                .toList();
    }

    @Test
    void countsEachEventOnceAndFailsItsGoldenWhenItsSqlIsMutated() {
        SourceTable events = CONTRACT.sources().get(0);
        assertThat(BaseSettings.digest(events)).isNotEmpty();
        assertThat(run(CONTRACT, "golden")).containsExactly(GOLDEN);

        for (String[] mutation : List.of(
                new String[] {"type = 'pageview' and has_consent", "type = 'pageview'"},
                new String[] {"count(distinct ", "count("},
                new String[] {"from consent_events", "from consent_events where country is not null"})) {
            ModelTable model = CONTRACT.models().get(0);
            assertThat(model.sql()).contains(mutation[0]);
            ModelTable mutated = new ModelTable(
                    model.name(),
                    "",
                    model.columns(),
                    model.period(),
                    model.grain(),
                    model.inputs(),
                    model.sql().replace(mutation[0], mutation[1]));
            Contract changed = new Contract(
                    CONTRACT.pipeline(), "1", "", "", "", CONTRACT.settle(), CONTRACT.sources(), List.of(mutated));
            assertThat(run(changed, "mutated")).as(mutation[0]).isNotEqualTo(List.of(GOLDEN));
        }
        assertThat(run(CONTRACT, "back")).containsExactly(GOLDEN);
    }
}
