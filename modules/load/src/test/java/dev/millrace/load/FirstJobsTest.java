package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Contracts;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.ControlDatabase;
import dev.millrace.environment.Environment;
import dev.millrace.environment.Secret;
import dev.millrace.lake.Lake;
import dev.millrace.local.Services;
import dev.millrace.local.Services.PostgresAccess;
import dev.millrace.local.Services.S3Access;
import dev.millrace.local.TestServices;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Jobs of several pipelines and runs that are the first ever to meet a control database and a lake. */
final class FirstJobsTest {
    private static final int JOBS = 8;
    private static final Contracts CONTRACTS = Contracts.of(Path.of("..", ".."));

    private final Environment environment = environment();

    private static Environment environment() {
        Services services = TestServices.shared().isolated("first-jobs");
        S3Access s3 = services.s3();
        PostgresAccess postgres = services.postgres();
        Environment.ObjectStore store = new Environment.ObjectStore(
                Optional.of(URI.create(s3.endpoint())),
                s3.region(),
                true,
                Optional.of(new Environment.Credentials(s3.accessKey(), Secret.of(s3.secretKey()))));
        Secret password = Secret.of(postgres.password());
        return new Environment(
                "test",
                Path.of("target"),
                new Environment.Landing(s3.landing(), store),
                new Environment.Lake(URI.create("s3://" + s3.lake()), store),
                new Environment.Feeds(Optional.empty(), Optional.empty()),
                new Environment.Database(postgres.controlUrl(), postgres.user(), password),
                new Environment.Warehouse(
                        Environment.Warehouse.Kind.POSTGRES,
                        new Environment.Database(postgres.warehouseUrl(), postgres.user(), password)),
                Optional.empty(),
                Environment.TaskRuntime.PROCESS);
    }

    private void firstSteps(SourceTable table, CyclicBarrier start) throws Exception {
        start.await();
        Environment.Database control = environment.control();
        ControlDatabase.open(control.url(), control.user(), control.password().reveal());
        try (Lake lake = Lake.open(environment)) {
            lake.clean(table);
            lake.quarantine(table);
        }
    }

    @Test
    void allFindTheirTablesWhoeverCreatedThem() throws Exception {
        List<SourceTable> tables = List.of(
                CONTRACTS.read("consents").sources().get(0),
                CONTRACTS.read("checkins").sources().get(0));
        CyclicBarrier start = new CyclicBarrier(JOBS);
        ExecutorService pool = Executors.newFixedThreadPool(JOBS);
        try {
            List<Future<?>> jobs = new ArrayList<>();
            for (int job = 0; job < JOBS; job++) {
                SourceTable table = tables.get(job % tables.size());
                jobs.add(pool.submit(() -> {
                    firstSteps(table, start);
                    return table;
                }));
            }
            for (Future<?> job : jobs) {
                job.get();
            }
        } finally {
            pool.shutdownNow();
        }
        try (Lake lake = Lake.open(environment)) {
            for (SourceTable table : tables) {
                assertThat(lake.exists("clean", table.name())).isTrue();
                assertThat(lake.exists("quarantine", table.name())).isTrue();
            }
        }
    }
}
