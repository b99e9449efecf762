package dev.millrace.load.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.load.Mill;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class PostgresLoadTest {
    private static final String MONDAY = "2026-01-05";

    private final Mill mill = new Mill();
    private final WarehouseTable table =
            WarehouseTable.of(mill.contract().sources().get(0));

    private TableLoad load(String content) {
        return new TableLoad(
                table,
                mill.lake.pin("base", "visits"),
                new TreeMap<>(Map.of(MONDAY, Optional.of(content))),
                "run",
                Instant.EPOCH,
                2);
    }

    private void prepare() {
        mill.publish(Map.of(MONDAY, List.of(Mill.visit(1, "one"), Mill.visit(2, "two"))));
        mill.warehouse.prepare();
        mill.warehouse.shape(table);
    }

    @Test
    void anOrphanWithASmallerFenceCannotCommit() {
        prepare();
        PostgresLoad orphan = PostgresLoad.begin(mill.warehouse, load("old"));
        PostgresLoad later = PostgresLoad.begin(mill.warehouse, load("new"));

        later.run();

        assertThat(later.fence()).isGreaterThan(orphan.fence());
        assertThatThrownBy(orphan::run)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY))
                .hasMessageContaining("took over table visits");
        assertThat(mill.warehouse.ledger("visits").values())
                .extracting(LedgerEntry::content)
                .containsExactly("new");
    }

    @Test
    void knowsThatACommitSucceededThoughItsAnswerWasLost() throws IOException {
        prepare();
        try (Cut cut = new Cut(mill, false)) {
            assertThat(cut.warehouse().load(load("new")).inserted()).isEqualTo(2);
        }
        assertThat(mill.warehouse.ledger("visits")).containsOnlyKeys(MONDAY);
    }

    @Test
    void saysThatACommitsOutcomeIsUnknownWhereTheWarehouseIsGone() throws IOException {
        prepare();
        try (Cut cut = new Cut(mill, true)) {
            assertThatThrownBy(() -> cut.warehouse().load(load("new")))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.COMMIT_UNKNOWN))
                    .hasMessageContaining("visits");
        }
    }

    /** A way to the warehouse that breaks once a commit was sent, for good or only for that connection. */
    private static final class Cut implements AutoCloseable {
        private final Mill mill;
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        });
        private final boolean staysCut;
        private volatile boolean isCut;

        Cut(Mill mill, boolean staysCut) throws IOException {
            this.mill = mill;
            this.staysCut = staysCut;
            threads.execute(this::accept);
        }

        PostgresWarehouse warehouse() {
            return PostgresWarehouse.of(
                    "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/"
                            + mill.services().postgres().warehouse(),
                    mill.services().postgres().user(),
                    mill.services().postgres().password(),
                    Duration.ofSeconds(5));
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = server.accept();
                    if (isCut && staysCut) {
                        client.close();
                        continue;
                    }
                    Socket postgres = new Socket(
                            mill.services().postgres().host(),
                            mill.services().postgres().port());
                    threads.execute(() -> pump(client, postgres, true));
                    threads.execute(() -> pump(postgres, client, false));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        private void pump(Socket from, Socket to, boolean watched) {
            byte[] buffer = new byte[1 << 16];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    String text = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                    boolean commits = watched && text.contains("COMMIT") && text.length() < 100;
                    if (commits && !isCut) {
                        isCut = true;
                        from.close();
                        out.write(buffer, 0, read);
                        out.flush();
                        Thread.sleep(500);
                        return;
                    }
                    out.write(buffer, 0, read);
                    out.flush();
                }
            } catch (IOException | InterruptedException over) {
                // One side is gone, so the other goes.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            threads.shutdownNow();
        }
    }
}
