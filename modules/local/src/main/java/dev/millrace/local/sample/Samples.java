package dev.millrace.local.sample;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.List;
import java.util.function.Consumer;

/** The pipelines that there are samples for. */
public final class Samples {
    private Samples() {}

    public static List<String> pipelines() {
        return List.of("checkins", "consents", "mobility", "symbols", "user_logins");
    }

    /** Hands one object after the other to the consumer, in the order of landing. */
    public static SampleCounts write(String pipeline, SampleRequest request, Consumer<SampleObject> consumer) {
        return switch (pipeline) {
            case "checkins" -> CheckinSample.write(request, consumer);
            case "consents" -> ConsentSample.write(request, consumer);
            case "mobility" -> HourlySample.write(pipeline, request, new MobilityRecords(request), consumer);
            case "symbols" -> HourlySample.write(pipeline, request, new SymbolRecords(request), consumer);
            case "user_logins" -> HourlySample.write(pipeline, request, new LoginRecords(request), consumer);
            default ->
                throw new JobException(
                        ExitCode.USAGE,
                        "There is no sample for pipeline '" + pipeline + "'; there is one for: "
                                + String.join(", ", pipelines()) + ".");
        };
    }
}
