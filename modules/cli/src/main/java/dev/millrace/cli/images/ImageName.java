package dev.millrace.cli.images;

import dev.millrace.cli.process.JobModule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An image that is built here. */
public enum ImageName {
    INGEST(JobModule.INGEST, "Millrace's ingest"),
    TRANSFORM(JobModule.TRANSFORM, "Millrace's transform"),
    LOAD(JobModule.LOAD, "Millrace's load"),
    AIRFLOW("Airflow with Millrace's DAGs"),
    POSTGRES("Postgres out of Debian's package, for development"),
    AWS("An emulator of S3, SQS and Kinesis, for development");

    private final Optional<JobModule> job;
    private final String description;

    ImageName(String description) {
        this.job = Optional.empty();
        this.description = description;
    }

    ImageName(JobModule job, String description) {
        this.job = Optional.of(job);
        this.description = description;
    }

    static List<ImageName> ofJobs() {
        return Arrays.stream(values()).filter(ImageName::isOfJob).toList();
    }

    public boolean isOfJob() {
        return job.isPresent();
    }

    /** Under which it stands in the index. */
    public String key() {
        return job.map(JobModule::folder).orElseGet(() -> name().toLowerCase(Locale.ROOT));
    }

    /** Without a registry. */
    String image() {
        return job.map(JobModule::image).orElseGet(() -> "millrace-" + key());
    }

    String description() {
        return description;
    }
}
