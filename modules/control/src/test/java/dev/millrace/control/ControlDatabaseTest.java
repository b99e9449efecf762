package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.Services.PostgresAccess;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

final class ControlDatabaseTest {
    private static final String MIGRATIONS = "select version || ' ' || migrated_at from millrace.migration order by 1";
    private static final String SHAPE =
            "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable"
                    + " from information_schema.columns where table_schema = 'millrace' order by 1";

    private final TestControl control = TestControl.empty();

    private static String migration(int version) {
        return SqlFile.text(ControlDatabase.class, String.format("migrations/%04d.sql", version));
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(
            ExitCode code, String url, String user, String password) {
        return assertThatThrownBy(() -> ControlDatabase.open(url, user, password))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
                .hasMessageContaining("control database");
    }

    @Test
    void everyMigrationThereIsIsOneThatThisVersionRuns() {
        for (int version = 1; version <= ControlDatabase.SCHEMA_VERSION; version++) {
            assertThat(migration(version)).isNotBlank();
        }
        assertThatThrownBy(() -> migration(ControlDatabase.SCHEMA_VERSION + 1)).hasMessageContaining("no resource");
    }

    @Test
    void migratesOnceAndThenLeavesTheSchemaAlone() {
        control.open();
        List<String> migrated = control.texts(MIGRATIONS);
        assertThat(control.texts("select version from millrace.migration order by 1"))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, ControlDatabase.SCHEMA_VERSION)
                        .mapToObj(Integer::toString)
                        .toList());

        control.open();

        assertThat(control.texts(MIGRATIONS)).isEqualTo(migrated);
    }

    @Test
    void goesForwardFromEveryEarlierVersionAndKeepsWhatIsThere() {
        control.open();
        List<String> shape = control.texts(SHAPE);
        for (int version = 1; version < ControlDatabase.SCHEMA_VERSION; version++) {
            TestControl older = TestControl.empty();
            older.execute(SqlFile.of(ControlDatabase.class).statement("prepare")
                    + "; set search_path to millrace;"
                    + " insert into migration (version) select generate_series(1, " + version + ");"
                    + IntStream.rangeClosed(1, version)
                            .mapToObj(ControlDatabaseTest::migration)
                            .reduce("", String::concat)
                    + " insert into fence values ('events', 7)");
            older.open();
            assertThat(older.texts(SHAPE)).as("from version %s", version).isEqualTo(shape);
            assertThat(older.texts("select fence from millrace.fence")).containsExactly("7");
        }
    }

    @Test
    void severalThatComeAtOnceMigrateOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            List<Future<ControlDatabase>> opened = new ArrayList<>();
            for (int number = 0; number < 6; number++) {
                opened.add(pool.submit(control::open));
            }
            for (Future<ControlDatabase> one : opened) {
                assertThat(new Plans(one.get()).next("run")).isEqualTo("run");
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(control.texts(MIGRATIONS)).hasSize(ControlDatabase.SCHEMA_VERSION);
    }

    @Test
    void theLakesCatalogIsThereBeforeTwoJobsCanBothCreateIt() {
        control.open();
        assertThat(control.texts("select table_name || ' ' || count(*) from information_schema.columns"
                        + " where table_schema = 'lake_catalog' group by table_name order by 1"))
                .containsExactly("iceberg_namespace_properties 4", "iceberg_tables 6");
    }

    @Test
    void anOlderMillraceIsRefusedAndChangesNothing() {
        control.open();
        int later = ControlDatabase.SCHEMA_VERSION + 1;
        control.execute("alter table millrace.fence add column later text;"
                + " insert into millrace.migration (version) values (" + later + ")");
        List<String> migrated = control.texts(MIGRATIONS);
        List<String> shape = control.texts(SHAPE);
        PostgresAccess access = control.access();

        assertRefused(ExitCode.USAGE, access.controlUrl(), access.user(), access.password())
                .hasMessageContaining("version " + later)
                .hasMessageContaining("knows " + ControlDatabase.SCHEMA_VERSION)
                .hasMessageContaining("run the newer Millrace");

        assertThat(control.texts(MIGRATIONS)).isEqualTo(migrated);
        assertThat(control.texts(SHAPE)).isEqualTo(shape);
    }

    @Test
    void aMigrationThatFailsLeavesNothingOfItself() {
        control.execute("create schema millrace; create table millrace.partition (somebody_elses text)");
        PostgresAccess access = control.access();

        assertRefused(ExitCode.BUG, access.controlUrl(), access.user(), access.password())
                .hasMessageContaining("partition");

        assertThat(control.texts(SHAPE)).containsExactly("partition.somebody_elses text YES");
        control.execute("drop table millrace.partition");
        control.open();
    }

    @Test
    void aTransactionThatFailsLeavesNothing() {
        ControlDatabase opened = control.open();
        assertThatThrownBy(() -> opened.transact(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("insert into fence values ('events', 1)");
                        statement.execute("insert into fence values ('events', 2)");
                    }
                }))
                .isInstanceOf(JobException.class);
        assertThat(control.texts("select fence from millrace.fence")).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithServerDatabaseAndPassword() {
        PostgresAccess access = control.access();
        String wrong = "certainly-not-it";
        assertRefused(ExitCode.USAGE, access.controlUrl(), access.user(), wrong)
                .hasMessageContaining("password")
                .satisfies(e -> assertThat(Objects.requireNonNull(e).toString()).doesNotContain(wrong));
        assertRefused(ExitCode.USAGE, access.controlUrl() + "-not", access.user(), access.password())
                .hasMessageContaining("does not exist");
        assertRefused(ExitCode.TEMPORARY, "jdbc:postgresql://127.0.0.1:1/nothing", access.user(), access.password())
                .hasMessageContaining("Try again");
    }
}
