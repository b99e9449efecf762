package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.control.TableLock;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.load.audit.Finding;
import dev.millrace.load.stale.StalePeriod;
import dev.millrace.load.warehouse.ChecksumKind;
import dev.millrace.load.warehouse.Loaded;
import dev.millrace.load.warehouse.PostgresWarehouse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LoadJobTest {
    private static final String MONDAY = "2026-01-05";
    private static final String TUESDAY = "2026-01-06";

    private final Mill mill = new Mill();

    private static List<@Nullable Object[]> visits(long from, long to) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (long record = from; record < to; record++) {
            rows.add(Mill.visit(record, record % 3 == 0 ? null : "note " + record % 5));
        }
        return rows;
    }

    private static Loaded done(LoadReport report, String table) {
        return Objects.requireNonNull(report.loaded().get(table));
    }

    @Test
    void loadsNewPeriodsOnceAndThenFindsNothingStale() {
        mill.publish(Map.of(MONDAY, visits(0, 100), TUESDAY, visits(100, 150)));

        LoadReport first = mill.load();
        LoadReport second = mill.load();

        assertThat(first.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(first.stale()).extracting(StalePeriod::why).containsOnly("never loaded");
        assertThat(second.exitCode()).isEqualTo(ExitCode.NOTHING_STALE);
        assertThat(mill.query("select _period, count(*) from millrace.visits group by 1 order by 1"))
                .containsExactly(MONDAY + "|100", TUESDAY + "|50");
    }

    @Test
    void storesEveryTypeAsItIs() {
        mill.publish(Map.of(MONDAY, List.of(Mill.visit(7, "naïve"), Mill.visit(8, null))));

        mill.load();

        assertThat(mill.query(
                        "select id, at at time zone 'UTC', small, big, amount, ratio, day, flag, note, _object, _etag,"
                                + " _record, _period from millrace.visits order by _record"))
                .containsExactly(
                        "id-7|2026-01-05 03:04:12.000006|7|70000000000|7.005|2.3333333333333335|2026-01-05|f|naïve|"
                                + "visits/datehour=2026-01-05-03/part.json|etag|7|2026-01-05",
                        "id-8|2026-01-05 03:04:13.000006|8|80000000000|8.005|2.6666666666666665|2026-01-05|t|-|"
                                + "visits/datehour=2026-01-05-03/part.json|etag|8|2026-01-05");
    }

    @Test
    void writesOnlyTheRowsThatDiffer() {
        mill.publish(Map.of(MONDAY, visits(0, 100)));
        mill.load();
        List<@Nullable Object[]> changed = visits(1, 101);
        changed.get(10)[8] = "corrected";
        mill.publish(Map.of(MONDAY, changed));

        LoadReport report = mill.load();

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report.stale()).extracting(StalePeriod::why).containsExactly("content changed");
        Loaded done = done(report, "visits");
        assertThat(List.of(done.deleted(), done.updated(), done.inserted())).containsExactly(1L, 1L, 1L);
    }

    @Test
    void emptiesAPeriodThatLostItsLastRow() {
        mill.publish(Map.of(MONDAY, visits(0, 10), TUESDAY, visits(10, 20)));
        mill.load();
        mill.publish(Map.of(MONDAY, List.of()));

        LoadReport report = mill.load();

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report.stale()).extracting(StalePeriod::why).containsExactly("emptied");
        assertThat(mill.query("select distinct _period from millrace.visits")).containsExactly(TUESDAY);
        assertThat(mill.query("select rows from millrace_internal.ledger where period = '" + MONDAY + "'"))
                .containsExactly("0");
    }

    @Test
    void followsARowThatMovedToAnotherPeriod() {
        mill.publish(Map.of(MONDAY, visits(0, 10), TUESDAY, visits(10, 20)));
        mill.load();
        mill.publish(Map.of(MONDAY, visits(0, 9), TUESDAY, visits(9, 20)));

        assertThat(mill.load().exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(mill.query("select _period from millrace.visits where _record = 9"))
                .containsExactly(TUESDAY);
    }

    @Test
    void tellsRowsWithANullInTheirGrainApart() {
        LocalDate day = LocalDate.of(2026, 1, 5);
        mill.publishModel(MONDAY, List.of(new @Nullable Object[] {day, null, 1L}, new Object[] {day, "", 2L}));
        mill.load();
        mill.publishModel(MONDAY, List.of(new @Nullable Object[] {day, null, 3L}, new Object[] {day, "", 2L}));

        LoadReport report = mill.load();

        Loaded done = done(report, "visits_by_note");
        assertThat(List.of(done.deleted(), done.updated(), done.inserted())).containsExactly(0L, 1L, 0L);
        assertThat(mill.query("select note, visits from millrace.visits_by_note order by visits"))
                .containsExactly("|2", "-|3");
    }

    @Test
    void namesTableAndPeriodOfAChangedADeletedAndAnAddedRow() {
        mill.publish(Map.of(MONDAY, visits(0, 10), TUESDAY, visits(10, 20)));
        mill.load();
        assertThat(mill.audit(ChecksumKind.FAST).findings()).isEmpty();

        for (ChecksumKind kind : ChecksumKind.values()) {
            mill.sql("update millrace.visits set note = 'another' where _record = 12");
            List<Finding> findings = mill.audit(kind).findings();
            assertThat(findings).extracting(Finding::period).containsExactly(TUESDAY);
            assertThat(findings.get(0).sentence()).contains("visits").contains("checksum");
            mill.loadAgain("visits", TUESDAY);
            assertThat(mill.audit(kind).findings()).isEmpty();
        }

        mill.sql("delete from millrace.visits where _record = 3");
        assertThat(mill.audit(ChecksumKind.FAST).findings())
                .extracting(Finding::sentence)
                .containsExactly("Table visits, period 2026-01-05: the warehouse has rows 9, the lake 10.");
        mill.loadAgain("visits", MONDAY);

        mill.sql("insert into millrace.visits select * from millrace.visits where _record = 5");
        assertThat(mill.audit(ChecksumKind.FAST).findings())
                .extracting(Finding::sentence)
                .containsExactly("Table visits, period 2026-01-05: the warehouse has rows 11, the lake 10.");
        mill.loadAgain("visits", MONDAY);
        assertThat(mill.audit(ChecksumKind.FAST).findings()).isEmpty();

        mill.sql(
                "insert into millrace.visits (id, _object, _etag, _record, _period) values ('x', 'o', 'e', 1, '1999')");
        assertThat(mill.audit(ChecksumKind.FAST).findings())
                .extracting(Finding::period)
                .containsExactly("1999");
    }

    @Test
    void seesAnySingleChangedValue() {
        mill.publish(Map.of(MONDAY, visits(0, 10)));
        mill.load();
        List<String> changes = List.of(
                "id = id || ' '",
                "at = at + interval '1 microsecond'",
                "small = small + 1",
                "big = big + 4294967297",
                "amount = amount + 0.001",
                "ratio = ratio + 1e-9",
                "day = day + 1",
                "flag = not flag",
                "note = null",
                "_object = ''",
                "_etag = ''",
                "_record = 99");
        for (ChecksumKind kind : ChecksumKind.values()) {
            for (String change : changes) {
                mill.sql("create table kept as select * from millrace.visits");
                mill.sql("update millrace.visits set " + change + " where _record = 4");
                assertThat(mill.audit(kind).findings()).as(change).hasSize(1);
                mill.sql(
                        "delete from millrace.visits; insert into millrace.visits select * from kept; drop table kept");
            }
            assertThat(mill.audit(kind).findings()).isEmpty();
        }
    }

    @Test
    void keepsViewsAndGrantsWhenTheContractGainsAColumn() {
        mill.publish(Map.of(MONDAY, visits(0, 10)));
        mill.load();
        mill.sql("create view millrace.noted as select id, note from millrace.visits where note is not null");
        mill.sql("drop role if exists analyst; create role analyst; grant usage on schema millrace to analyst;"
                + " grant select on millrace.visits to analyst");
        List<Column> columns = new ArrayList<>(Mill.visitColumns());
        columns.set(8, new Column("note", columns.get(8).type(), false, "Another description."));
        columns.set(2, new Column("small", new FieldType.Int64(), false, ""));
        columns.add(new Column("mood", new FieldType.Text(OptionalInt.of(9)), true, "How they felt."));
        mill.contract(Mill.contract(columns));
        mill.lake.addColumn("base", "visits", "mood", Types.StringType.get());
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (@Nullable Object[] row : visits(0, 12)) {
            List<@Nullable Object> values = new ArrayList<>(Arrays.asList(row));
            values.add("glad");
            rows.add(values.toArray());
        }
        mill.publish(Map.of(MONDAY, rows));

        assertThat(mill.load().exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(mill.query("select count(*), min(mood) from millrace.visits"))
                .containsExactly("12|glad");
        assertThat(mill.query("select count(*) from millrace.noted")).containsExactly("8");
        assertThat(mill.query("select has_table_privilege('analyst', 'millrace.visits', 'select')"))
                .containsExactly("t");
        assertThat(mill.query("select description from pg_description where description like 'Another%'"))
                .hasSize(1);
        mill.sql("drop owned by analyst; drop role analyst");
    }

    @Test
    void refusesATypeThatDoesNotHoldEveryValue() {
        mill.publish(Map.of(MONDAY, visits(0, 10)));
        mill.load();
        List<Column> columns = new ArrayList<>(Mill.visitColumns());
        columns.set(0, new Column("id", new FieldType.Text(OptionalInt.of(5)), true, "Its id."));
        mill.contract(Mill.contract(columns));

        assertThatThrownBy(mill::load)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("Column id of table visits is character varying(40)");
    }

    @Test
    void namesTheViewThatForbidsToWidenAColumn() {
        mill.publish(Map.of(MONDAY, visits(0, 10)));
        mill.load();
        mill.sql("create view millrace.ids as select id from millrace.visits");
        List<Column> columns = new ArrayList<>(Mill.visitColumns());
        columns.set(0, new Column("id", new FieldType.Text(OptionalInt.empty()), true, "Its id."));
        mill.contract(Mill.contract(columns));

        assertThatThrownBy(mill::load).isInstanceOf(JobException.class).hasMessageContaining("view millrace.ids");
    }

    @Test
    void dropsWhatAKilledAttemptLeftBehind() {
        mill.publish(Map.of(MONDAY, visits(0, 10)));
        mill.load();
        mill.sql("create unlogged table millrace_internal.staging_1_visits (like millrace.visits)");
        mill.sql("create unlogged table millrace_internal.staging_1_other_visits (like millrace.visits)");
        mill.publish(Map.of(MONDAY, visits(0, 11)));

        mill.load();

        assertThat(mill.query("select relname from pg_class where relname like 'staging%'"))
                .containsExactly("staging_1_other_visits");
    }

    @Test
    void doesNotLoadTwiceWhatTwoRunsFoundStale() {
        mill.publish(Map.of(MONDAY, visits(0, 5_000)));

        CompletableFuture<LoadReport> one = CompletableFuture.supplyAsync(mill::load);
        CompletableFuture<LoadReport> other = CompletableFuture.supplyAsync(mill::load);

        assertThat(one.join().exitCode()).isIn(ExitCode.DONE, ExitCode.NOTHING_STALE);
        assertThat(other.join().exitCode()).isIn(ExitCode.DONE, ExitCode.NOTHING_STALE);
        assertThat(mill.query("select count(*) from millrace.visits")).containsExactly("5000");
        assertThat(mill.query("select fence from millrace_internal.fence where table_name = 'visits'"))
                .containsExactly("1");
    }

    @Test
    void comesBackLaterWhileAnotherRunHoldsTheTable() {
        mill.publish(Map.of(MONDAY, visits(0, 5)));
        LoadSettings impatient = new LoadSettings("run", 2, Duration.ofMillis(100), Map.of());
        LoadJob job = new LoadJob(
                mill.contract(), mill.control, () -> mill.lake, mill.warehouse, impatient, Clock.systemUTC());

        try (TableLock held = TableLock.take(mill.control, "warehouse.visits", Duration.ofSeconds(1))) {
            assertThat(held.fence()).isEqualTo(1);
            assertThatThrownBy(job::run)
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY));
        }
    }

    @Test
    void comesBackLaterWhileSomebodyLocksTheWarehousesTable() throws Exception {
        mill.publish(Map.of(MONDAY, visits(0, 5)));
        mill.load();
        mill.publish(Map.of(MONDAY, visits(0, 6)));
        LoadSettings settings = new LoadSettings("run", 2, Duration.ofSeconds(5), Map.of());
        LoadJob job = new LoadJob(
                mill.contract(),
                mill.control,
                () -> mill.lake,
                mill.warehouse(Duration.ofMillis(200)),
                settings,
                Clock.systemUTC());

        try (Connection connection = mill.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table millrace.visits in share mode");
            assertThatThrownBy(job::run)
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY));
            connection.rollback();
        }
        assertThat(mill.load().exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void saysWhatIsWrongWithPasswordAndServer() {
        mill.publish(Map.of(MONDAY, visits(0, 5)));
        PostgresWarehouse wrong = PostgresWarehouse.of(
                mill.services().postgres().warehouseUrl(), "nobody", "wrong", Duration.ofSeconds(1));
        PostgresWarehouse stopped =
                PostgresWarehouse.of("jdbc:postgresql://127.0.0.1:1/none", "nobody", "wrong", Duration.ofSeconds(1));

        assertThatThrownBy(wrong::prepare)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("warehouse");
        assertThatThrownBy(stopped::prepare)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY))
                .hasMessageContaining("could not be reached");
    }

    @Test
    void seesWhenTheBooksDoNotBalance() {
        mill.publish(Map.of(MONDAY, visits(0, 5)));
        mill.load();
        mill.lake.replace("clean", "visits", Map.of(Mill.HOUR, List.<@Nullable Object[]>of(new Object[] {"only one"})));

        assertThat(mill.audit(ChecksumKind.FAST).findings())
                .extracting(Finding::sentence)
                .containsExactly("Table visits, period 2026-01-05T03: the lake has clean rows 1, the hour 5.");
    }

    @Test
    void saysInADryRunWhatIsStaleAndTouchesNothing() {
        mill.publish(Map.of(MONDAY, visits(0, 5)));

        LoadReport report = LoadReport.planned(mill.job(Map.of()).stale());

        assertThat(report.text())
                .isEqualTo("visits/2026-01-05  never loaded, 5 rows\n1 periods are stale in the warehouse.");
        assertThat(mill.query("select nspname from pg_namespace where nspname like 'millrace%'"))
                .isEmpty();
    }
}
