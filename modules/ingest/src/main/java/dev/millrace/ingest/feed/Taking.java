package dev.millrace.ingest.feed;

import dev.millrace.contract.Contract;
import dev.millrace.contract.Feed;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.Json;
import dev.millrace.control.PipelineOptions;
import dev.millrace.control.PipelineOptions.Outcome;
import dev.millrace.environment.Environment;
import dev.millrace.ingest.landed.LandingBucket;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.S3Store;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What commands that take from a source have in common. */
final class Taking {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(s|m|h)");
    private static final Map<String, Duration> UNITS =
            Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1));
    private static final Duration LAST_WORDS = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(Taking.class);

    private Taking() {}

    /**
     * What was taken: the keys of the objects that hold it, the latest hour among theirs, and how many messages are in them.
     *
     * @param repeated messages that came again, and had landed before
     */
    record Report(
            String source,
            String bucket,
            List<String> landed,
            Optional<String> lastHour,
            long messages,
            long repeated) {
        /** Where local services stand for all that there is, a pipeline runs on what was landed by other means. */
        static Report nowhere(Feed feed, Environment environment) {
            LOG.warn(
                    "The local services hold no {}: nothing was landed. Write an endpoint into millrace.yaml to take from one.",
                    feed.source());
            return of(feed, environment.landing().bucket(), List.of(), 0, 0);
        }

        static Report of(Feed feed, String bucket, List<LandedOnce.Landed> objects, long messages, long repeated) {
            return new Report(
                    feed.source(),
                    bucket,
                    objects.stream().map(LandedOnce.Landed::key).toList(),
                    objects.stream()
                            .map(LandedOnce.Landed::hour)
                            .max(Comparator.naturalOrder())
                            .map(LandingHour::toString),
                    messages,
                    repeated);
        }
    }

    /** Takes, and tells the signal how to be ended without losing anything. */
    interface Work {
        Report take(Signal signal);
    }

    /** The contract's feed of this kind: that of the table, where one is named. */
    static <F extends Feed> F feed(Contract contract, Class<F> kind, String setting, Optional<String> table) {
        List<F> feeds = contract.feeds().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(feed -> table.map(feed.table()::equals).orElse(true))
                .toList();
        if (feeds.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    table.map(name -> "The contract of " + contract.pipeline() + " has no table '" + name + "' with a '"
                                    + setting + "'.")
                            .orElse("No table of the contract of " + contract.pipeline() + " has a '" + setting
                                    + "': write it among the table's customProperties."));
        }
        if (feeds.size() > 1) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Several tables of the contract of " + contract.pipeline() + " have a '" + setting
                            + "': say which with --table ("
                            + String.join(", ", feeds.stream().map(Feed::table).toList()) + ").");
        }
        return feeds.get(0);
    }

    /** Takes a feed, to land what it gives in the landing bucket. */
    static LandedOnce landing(PipelineOptions options, S3Store store, Feed feed, String identity, Clock clock) {
        Contract contract = options.contract();
        SourceTable table = contract.sources().stream()
                .filter(source -> source.name().equals(feed.table()))
                .findFirst()
                .orElseThrow();
        LandingBucket bucket =
                new LandingBucket(store, options.environment().landing().bucket());
        return LandedOnce.take(options.control(), bucket, contract.pipeline(), table, feed, identity, clock);
    }

    static Duration duration(String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new JobException(
                    ExitCode.USAGE, option + " is no duration: '" + text + "'; allowed: 30s, 10m, 2h and the like.");
        }
        Duration unit = UNITS.getOrDefault(matcher.group(2), Duration.ZERO);
        return unit.multipliedBy(Long.parseLong(matcher.group(1)));
    }

    /**
     * Runs it as a stage of the pipeline. A signal that ends the process is waited for no longer than a minute, so that what was
     * taken lands, and what was done is told.
     */
    static ExitCode stage(PipelineOptions options, String stage, Clock clock, Work work) {
        Signal signal = new Signal();
        Thread hook = new Thread(signal, "signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return options.stage(stage, clock, () -> {
                Report report = work.take(signal);
                PrintStream out = System.out;
                out.println(Json.write(report));
                out.flush();
                String sentence = report.messages() + " messages of " + report.source() + " landed in "
                        + report.landed().size() + " objects, " + report.repeated() + " had landed before";
                boolean nothing = report.landed().isEmpty();
                return new Outcome(nothing ? ExitCode.NOTHING_STALE : ExitCode.DONE, sentence, Json.write(report));
            });
        } finally {
            signal.ended();
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already.
        }
    }

    /** What happens when the process is told to end. */
    static final class Signal implements Runnable {
        private final CountDownLatch ended = new CountDownLatch(1);
        private Runnable stop = () -> {};
        private boolean received;

        private Signal() {}

        /** What ends the work. */
        synchronized void stops(Runnable work) {
            stop = work;
            if (received) {
                work.run();
            }
        }

        private synchronized void receive() {
            received = true;
            stop.run();
        }

        private void ended() {
            ended.countDown();
        }

        @Override
        public void run() {
            receive();
            try {
                boolean inTime = ended.await(LAST_WORDS.toSeconds(), TimeUnit.SECONDS);
                LOG.info(
                        inTime
                                ? "Told to end, and ended."
                                : "Told to end: what has not landed is still in the source.");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
