package dev.millrace.local.firehose;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a delivery stream is set up, and how often it has a bad day. Every n-th of something: 0 for never.
 *
 * @param name the delivery stream's; part of every key
 * @param prefix where objects go, as it is: without a slash at its end it runs straight into the year; one that has
 *     {@code !{timestamp:yyyy-MM-dd-HH}} in it, the time in any pattern, names all folders itself
 * @param errorPrefix where what could not be processed goes
 * @param bufferBytes a buffer is delivered when it holds so much, before it is compressed
 * @param bufferTime or when its oldest record is as old as this
 * @param failEvery which record the processor, a Lambda, fails at
 * @param repeatEvery which delivery is made twice, as the answer to the first was lost
 * @param lateEvery which delivery is held up, and made after the next one
 * @param ago how long before it really does everything happens, for samples whose dates are fixed
 */
public record DeliverySettings(
        String name,
        String prefix,
        String errorPrefix,
        int bufferBytes,
        Duration bufferTime,
        int failEvery,
        int repeatEvery,
        int lateEvery,
        Duration ago) {
    /** What Firehose does where nothing else is said. */
    public static final int BUFFER_BYTES = 5 << 20;

    public static final Duration BUFFER_TIME = Duration.ofMinutes(5);

    public DeliverySettings {
        requireNonNull(name, "name");
        requireNonNull(prefix, "prefix");
        requireNonNull(errorPrefix, "errorPrefix");
        requireNonNull(bufferTime, "bufferTime");
        requireNonNull(ago, "ago");
    }
}
