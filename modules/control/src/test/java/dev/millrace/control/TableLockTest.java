package dev.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TableLockTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NONE = Duration.ofMillis(200);

    private final TestControl database = TestControl.empty();
    private final ControlDatabase control = database.open();
    private final ExecutorService others = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        others.shutdownNow();
    }

    /** Ends the sessions that hold locks of tables, as a broken network does: their holders do not know. */
    private void cutOff() {
        database.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                + " and database = (select oid from pg_database where datname = current_database())");
    }

    private static void assertTryAgain(ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY))
                .hasMessageContaining(words);
    }

    @Test
    void everyHolderHasAGreaterFenceThanThoseBefore() {
        List<Long> fences = new ArrayList<>();
        for (int holder = 0; holder < 3; holder++) {
            try (TableLock lock = TableLock.take(control, "events", PATIENCE)) {
                fences.add(lock.fence());
                control.transact(lock::confirm);
            }
        }
        assertThat(fences).containsExactly(1L, 2L, 3L);
        try (TableLock lock = TableLock.take(database.open(), "events", PATIENCE)) {
            assertThat(lock.fence()).isEqualTo(4);
        }
    }

    @Test
    void waitsNoLongerThanToldAndNamesTheTable() {
        try (TableLock lock = TableLock.take(control, "events", PATIENCE)) {
            assertTryAgain(() -> TableLock.take(control, "events", NONE).close(), "Table events");
            control.transact(lock::confirm);
            try (TableLock other = TableLock.take(control, "visits", NONE)) {
                assertThat(other.fence()).isEqualTo(1);
            }
        }
    }

    @Test
    void goesToTheOneThatWaitsWhenItIsReleased() throws Exception {
        TableLock lock = TableLock.take(control, "events", PATIENCE);
        Future<Long> next = others.submit(() -> {
            try (TableLock later = TableLock.take(control, "events", PATIENCE)) {
                return later.fence();
            }
        });
        assertThatThrownBy(() -> next.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        lock.close();
        assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo(lock.fence() + 1);
    }

    @Test
    void oneThatLostItsLockUnawaresCannotCommitOnceAnotherHasIt() {
        TableLock orphan = TableLock.take(control, "events", PATIENCE);
        cutOff();
        // Nobody has come in between, so nothing was overtaken.
        control.transact(orphan::confirm);
        try (TableLock later = TableLock.take(control, "events", NONE)) {
            assertTryAgain(() -> control.transact(orphan::confirm), "took over table events");
            control.transact(later::confirm);
        }
        orphan.close();
        assertTryAgain(() -> control.transact(orphan::confirm), "took over table events");
    }

    @Test
    void nobodyTakesOverBetweenTheLastLookAndTheEndOfTheTransaction() throws Exception {
        TableLock orphan = TableLock.take(control, "events", PATIENCE);
        cutOff();
        CountDownLatch confirmed = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<?> transaction = others.submit(() -> control.transact(connection -> {
            orphan.confirm(connection);
            confirmed.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        assertThat(confirmed.await(30, TimeUnit.SECONDS)).isTrue();
        Future<TableLock> later = others.submit(() -> TableLock.take(control, "events", PATIENCE));
        assertThatThrownBy(() -> later.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        end.countDown();

        transaction.get(30, TimeUnit.SECONDS);
        try (TableLock taken = later.get(30, TimeUnit.SECONDS)) {
            assertThat(taken.fence()).isGreaterThan(orphan.fence());
        }
    }
}
