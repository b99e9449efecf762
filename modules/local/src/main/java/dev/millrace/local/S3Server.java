package dev.millrace.local;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.local.Services.S3Access;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** An S3 server in this process over the folders below a state folder, one a bucket. */
final class S3Server implements AutoCloseable {
    static final String LANDING = "millrace-landing";
    static final String LAKE = "millrace-lake";

    private static final String REGION = "us-east-1";
    private static final int PROBE_MILLIS = 5_000;

    private final S3Proxy proxy;
    private final S3Access access;
    private final Path objects;

    private S3Server(S3Proxy proxy, S3Access access, Path objects) {
        this.proxy = proxy;
        this.access = access;
        this.objects = objects;
    }

    static S3Server start(StateFolder state, Identity identity) throws IOException {
        requireAttributes(state.objects());
        Properties settings = new Properties();
        settings.setProperty("jclouds.filesystem.basedir", state.objects().toString());
        settings.setProperty("jclouds.identity", identity.accessKey());
        settings.setProperty("jclouds.credential", identity.secretKey());
        String endpoint = "http://" + Loopback.HOST + ":" + identity.s3Port();
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem-nio2", settings))
                .endpoint(URI.create(endpoint))
                .awsAuthentication(AuthenticationType.AWS_V4, identity.accessKey(), identity.secretKey())
                .build();
        S3Server server = new S3Server(
                proxy,
                new S3Access(endpoint, REGION, identity.accessKey(), identity.secretKey(), LANDING, LAKE),
                state.objects());
        server.createBucket(LANDING);
        server.createBucket(LAKE);
        try {
            proxy.start();
        } catch (Exception e) {
            throw new JobException(
                    ExitCode.TEMPORARY, "The S3 server did not start on " + endpoint + ": " + e.getMessage(), e);
        }
        return server;
    }

    // Without them the server would forget every ETag and metadata at once, and nothing would say so.
    private static void requireAttributes(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "attribute", ".probe");
        try {
            UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
            if (view == null) {
                throw new IOException("not supported");
            }
            view.write("probe", ByteBuffer.wrap(new byte[] {1}));
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The file system of " + folder + " keeps no extended attributes, which the S3 server needs for its"
                            + " ETags: choose a state folder on another disk.",
                    e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Does nothing where there is one of this name. */
    void createBucket(String name) throws IOException {
        Path bucket = Files.createDirectories(objects.resolve(name));
        // The server takes a folder that others may read for a bucket that strangers may read.
        Files.setPosixFilePermissions(bucket, PosixFilePermissions.fromString("rwx------"));
    }

    /** Empty if it answers as a server that knows no strangers; else why not. */
    static Optional<String> probe(S3Access access) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(access.endpoint() + "/" + access.landing())
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(PROBE_MILLIS);
            connection.setReadTimeout(PROBE_MILLIS);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status == HttpURLConnection.HTTP_FORBIDDEN
                    ? Optional.empty()
                    : Optional.of("the S3 server answers " + status + " where it should ask for a signature");
        } catch (IOException e) {
            return Optional.of("the S3 server at " + access.endpoint() + " does not answer: " + e.getMessage());
        }
    }

    S3Access access() {
        return access;
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new JobException(ExitCode.BUG, "The S3 server did not stop: " + e.getMessage(), e);
        }
    }
}
