package dev.millrace.ingest.feed;

import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.AwsClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** A queue of SQS. Whatever goes wrong becomes a sentence with the queue, and the exit code that says whether to try again. */
final class Sqs implements AutoCloseable {
    /** How many messages a request is about at most. */
    static final int BATCH = 10;

    private final SqsClient client;
    private final String queue;
    private final String address;

    private Sqs(SqsClient client, String queue, String address) {
        this.client = client;
        this.queue = queue;
        this.address = address;
    }

    /** A message and what the queue wants to hear about it. */
    record Received(Message message, String receipt) {}

    static Sqs open(Environment.Service settings, String queue) {
        SqsClientBuilder builder = SqsClient.builder();
        SqsClient client = AwsClients.set(builder, settings.endpoint(), settings.region(), settings.credentials())
                .build();
        try {
            String address = attempt(
                    queue,
                    "find",
                    () -> client.getQueueUrl(request -> request.queueName(queue))
                            .queueUrl());
            return new Sqs(client, queue, address);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Waits for messages, at most as long as told; they stay hidden from others for a while. */
    List<Received> receive(int atMost, Duration wait, Duration hidden) {
        return attempt(queue, "receive from", () -> {
            List<Received> received = new ArrayList<>();
            client.receiveMessage(request -> request.queueUrl(address)
                            .maxNumberOfMessages(atMost)
                            .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                            .visibilityTimeout(Math.toIntExact(hidden.toSeconds()))
                            .messageSystemAttributeNames(MessageSystemAttributeName.SENT_TIMESTAMP))
                    .messages()
                    .forEach(message -> received.add(new Received(
                            new Message(
                                    message.messageId(),
                                    sentAt(message.attributes().get(MessageSystemAttributeName.SENT_TIMESTAMP)),
                                    message.body()),
                            message.receiptHandle())));
            return received;
        });
    }

    private static OptionalLong sentAt(@Nullable String text) {
        return Optional.ofNullable(text)
                .map(found -> OptionalLong.of(Long.parseLong(found)))
                .orElse(OptionalLong.empty());
    }

    /** Hides up to ten messages for so long from now; gives back how many the queue refused to. */
    int hide(List<String> receipts, Duration hidden) {
        return attempt(queue, "extend messages of", () -> {
            List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
            for (int i = 0; i < receipts.size(); i++) {
                entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(receipts.get(i))
                        .visibilityTimeout(Math.toIntExact(hidden.toSeconds()))
                        .build());
            }
            return client.changeMessageVisibilityBatch(
                            request -> request.queueUrl(address).entries(entries))
                    .failed()
                    .size();
        });
    }

    /** Deletes up to ten messages; gives back how many the queue refused to. */
    int delete(List<String> receipts) {
        return attempt(queue, "delete from", () -> {
            List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
            for (int i = 0; i < receipts.size(); i++) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(receipts.get(i))
                        .build());
            }
            return client.deleteMessageBatch(
                            request -> request.queueUrl(address).entries(entries))
                    .failed()
                    .size();
        });
    }

    private static <T> T attempt(String queue, String verb, Supplier<T> request) {
        try {
            return request.get();
        } catch (QueueDoesNotExistException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "There is no queue '" + queue + "': check the contract's 'queue', and endpoint and region of the"
                            + " environment's sqs.",
                    e);
        } catch (SdkException e) {
            throw AwsClients.failure(verb + " queue '" + queue + "'", "sqs", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
