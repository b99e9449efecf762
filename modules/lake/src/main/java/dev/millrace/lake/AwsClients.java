package dev.millrace.lake;

import dev.millrace.environment.Environment.Credentials;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** How every client of AWS is set up: the one place that decides on addresses, credentials and the HTTP client. */
public final class AwsClients {
    /** One more than the connections that the JDK keeps for a server: each of them may have been closed at the other end. */
    private static final int TRIES = 6;

    private AwsClients() {}

    /** The builder, told where to go and who asks. Without credentials the SDK looks for them by itself. */
    public static <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B set(
            B builder, Optional<URI> endpoint, String region, Optional<Credentials> credentials) {
        builder.region(Region.of(region))
                .overrideConfiguration(client -> client.retryStrategy(tries -> tries.maxAttempts(TRIES)))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(Duration.ofSeconds(60)));
        endpoint.ifPresent(builder::endpointOverride);
        credentials.ifPresent(keys -> builder.credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(keys.accessKey(), keys.secretKey().reveal()))));
        return builder;
    }

    /**
     * What a failed request means to the engineer on duty.
     *
     * @param deed what was tried, such as {@code receive from queue 'login-queue'}
     * @param section where {@code millrace.yaml} says how to get there
     */
    public static JobException failure(String deed, String section, SdkException e) {
        String check = ": check endpoint, region and credentials of the environment's " + section;
        if (e instanceof AwsServiceException service) {
            String said = " (" + service.statusCode() + " "
                    + Optional.ofNullable(service.awsErrorDetails())
                            .map(AwsErrorDetails::errorCode)
                            .orElse("")
                    + ")";
            boolean passes = service.isThrottlingException() || service.statusCode() >= 500;
            if (passes) {
                return new JobException(ExitCode.TEMPORARY, "Failed to " + deed + said + ": try again.", e);
            }
            return new JobException(ExitCode.USAGE, "Refused to " + deed + said + check + ", and its permissions.", e);
        }
        if (String.valueOf(e.getMessage()).contains("credentials")) {
            return new JobException(ExitCode.USAGE, "No credentials were found to " + deed + check + ".", e);
        }
        return new JobException(
                ExitCode.TEMPORARY,
                "No answer to the request to " + deed + ": try again. Should it stay so" + check + ".",
                e);
    }
}
