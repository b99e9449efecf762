package dev.millrace.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.environment.Environment;
import dev.millrace.environment.Environment.Credentials;
import dev.millrace.environment.Secret;
import dev.millrace.job.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store whose server breaks connections off, as servers and what lies between do. */
final class S3StoreTest {
    private static final byte[] OBJECT = "0123456789".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
    /** What the JDK keeps open for a server. */
    private static final int KEPT = 5;

    private BreakingServer server;
    private S3Store store;

    @BeforeEach
    void start() throws IOException {
        server = new BreakingServer();
        store = S3Store.open(new Environment.ObjectStore(
                Optional.of(server.address()),
                "us-east-1",
                true,
                Optional.of(new Credentials("key", Secret.of("secret")))));
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
        server.close();
    }

    @Test
    void writesThoughTheServerHasClosedEveryConnectionThatIsKept() throws Exception {
        CountDownLatch all = new CountDownLatch(KEPT);
        CountDownLatch answered = new CountDownLatch(KEPT);
        server.beforeAnswer = () -> {
            all.countDown();
            await(all);
        };
        server.closesAfterAnswer = true;
        server.closed = answered::countDown;
        ExecutorService writers = Executors.newFixedThreadPool(KEPT);
        List<Future<?>> writing = new ArrayList<>();
        for (int number = 0; number < KEPT; number++) {
            String key = "first/" + number;
            writing.add(writers.submit(() -> store.put("lake", key, OBJECT)));
        }
        for (Future<?> one : writing) {
            one.get(60, TimeUnit.SECONDS);
        }
        writers.shutdown();
        await(answered);
        server.beforeAnswer = () -> {};
        server.closesAfterAnswer = false;

        store.put("lake", "second", OBJECT);

        assertThat(server.requests)
                .filteredOn(request -> request.startsWith("PUT /lake/second"))
                .hasSize(1);
    }

    /** Chunks with signatures are for bodies that are not known beforehand, and not every store reads them to their end. */
    @Test
    void sendsBytesAsTheyAre() {
        store.put("lake", "plain", OBJECT);
        try (UploadStream upload = store.upload("lake", "streamed")) {
            upload.write(OBJECT, 0, OBJECT.length);
        }
        assertThat(server.lengths).containsExactly(OBJECT.length, OBJECT.length);
    }

    @Test
    void readsOnWhereAConnectionEndedTooEarly() throws IOException {
        server.breaksAfter = 30_000;
        StoredObject object = new StoredObject("object", "etag", OBJECT.length);
        try (InputStream whole = store.read("lake", object);
                InputStream rest = store.source("lake", object).from(12_345)) {
            assertThat(whole.readAllBytes()).isEqualTo(OBJECT);
            assertThat(rest.readAllBytes()).hasSize(OBJECT.length - 12_345).endsWith(OBJECT[OBJECT.length - 1]);
        }
        StoreFileIO files = new StoreFileIO(store);
        try (InputStream known =
                        files.newInputFile("s3://lake/object", OBJECT.length).newStream();
                InputStream unknown = files.newInputFile("s3://lake/object").newStream()) {
            assertThat(known.readAllBytes()).isEqualTo(OBJECT);
            assertThat(unknown.readAllBytes()).isEqualTo(OBJECT);
        }
    }

    @Test
    void aSmallFileOfTheLakeTakesOneRequest() throws IOException {
        try (SeekableInputStream file =
                new StoreFileIO(store).newInputFile("s3://lake/object").newStream()) {
            byte[] end = new byte[10];
            file.seek(OBJECT.length - end.length);
            assertThat(file.readNBytes(end, 0, end.length)).isEqualTo(end.length);
            assertThat(new String(end, StandardCharsets.US_ASCII)).isEqualTo("0123456789");
            file.seek(7);
            assertThat(file.read()).isEqualTo('7');
            assertThat(file.getPos()).isEqualTo(8);
        }
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void aLargeFileOfTheLakeIsReadWhereItIsWanted() throws IOException {
        server.object = "0123456789".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        try (SeekableInputStream file =
                new StoreFileIO(store).newInputFile("s3://lake/object").newStream()) {
            assertThat(file.read()).isEqualTo('0');
            // A little ahead, far ahead, and back.
            for (int position : new int[] {100_002, 2_500_004, 3}) {
                file.seek(position);
                assertThat(file.read()).isEqualTo('0' + position % 10);
                assertThat(file.getPos()).isEqualTo(position + 1);
            }
            file.seek(2_999_999);
            assertThat(file.read()).isEqualTo('9');
            assertThat(file.read()).isEqualTo(-1);
        }
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void aFileOfTheLakeThatIsMissingIsKnownToIceberg() {
        assertThatThrownBy(() ->
                        new StoreFileIO(store).newInputFile("s3://lake/gone").newStream())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("s3://lake/gone");
    }

    @Test
    void aConnectionThatCarriesNothingAnyMoreIsNamedWithItsObject() throws IOException {
        server.breaksAfter = 0;
        StoredObject object = new StoredObject("object", "etag", OBJECT.length);
        try (InputStream in = store.read("lake", object)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOfSatisfying(JobException.class, failure -> {
                assertThat(failure.exitCode().code()).isEqualTo(75);
                assertThat(failure).hasMessageContaining("s3://lake/object");
            });
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Speaks as much HTTP as a PUT and a GET of one object need, and breaks off where it is told to. */
    private static final class BreakingServer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ExecutorService connections = Executors.newCachedThreadPool();
        private final AtomicBoolean ended = new AtomicBoolean();
        final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Integer> lengths = new ConcurrentLinkedQueue<>();
        volatile Runnable beforeAnswer = () -> {};
        volatile Runnable closed = () -> {};
        volatile boolean closesAfterAnswer;
        volatile int breaksAfter = Integer.MAX_VALUE;
        volatile byte[] object = OBJECT;

        BreakingServer() throws IOException {
            connections.execute(this::accept);
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        private void accept() {
            while (!ended.get()) {
                try {
                    Socket connection = socket.accept();
                    connections.execute(() -> serve(connection));
                } catch (IOException e) {
                    // It was told to end.
                    return;
                }
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                InputStream in = new BufferedInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream();
                String request = line(in);
                while (!request.isEmpty()) {
                    Map<String, String> headers = new TreeMap<>();
                    for (String header = line(in); !header.isEmpty(); header = line(in)) {
                        int colon = header.indexOf(':');
                        headers.put(
                                header.substring(0, colon).toLowerCase(Locale.ROOT),
                                header.substring(colon + 1).strip());
                    }
                    if (request.startsWith("GET")) {
                        requests.add(request);
                        get(request, headers, out);
                        return;
                    }
                    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                    in.skipNBytes(length);
                    requests.add(request);
                    lengths.add(length);
                    beforeAnswer.run();
                    out.write("HTTP/1.1 200 OK\r\nETag: \"etag\"\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    if (closesAfterAnswer) {
                        return;
                    }
                    request = line(in);
                }
            } catch (IOException e) {
                // The other side broke off.
            } finally {
                closed.run();
            }
        }

        private void get(String request, Map<String, String> headers, OutputStream out) throws IOException {
            if (request.contains("/gone")) {
                String error = "<Error><Code>NoSuchKey</Code></Error>";
                out.write(("HTTP/1.1 404 Not Found\r\nContent-Length: " + error.length() + "\r\n\r\n" + error)
                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String range = headers.getOrDefault("range", "bytes=0-");
            int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            int length = object.length - from;
            out.write(("HTTP/1.1 " + (from == 0 ? "200 OK" : "206 Partial Content")
                            + "\r\nETag: \"etag\"\r\nContent-Length: " + length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(object, from, Math.min(length, breaksAfter));
            out.flush();
        }

        private static String line(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            ended.set(true);
            socket.close();
            connections.shutdownNow();
        }
    }
}
