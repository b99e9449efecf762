package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A contract as resolved: complete, consistent, with every default filled in. */
public record Contract(
        String pipeline,
        String version,
        String title,
        String description,
        String schedule,
        Duration settle,
        List<SourceTable> sources,
        List<ModelTable> models,
        List<Feed> feeds) {

    public Contract {
        requireNonNull(pipeline, "pipeline");
        requireNonNull(version, "version");
        requireNonNull(title, "title");
        requireNonNull(description, "description");
        requireNonNull(schedule, "schedule");
        requireNonNull(settle, "settle");
        sources = List.copyOf(sources);
        models = List.copyOf(models);
        feeds = List.copyOf(feeds);
    }

    /** A contract of what lands by itself. */
    public Contract(
            String pipeline,
            String version,
            String title,
            String description,
            String schedule,
            Duration settle,
            List<SourceTable> sources,
            List<ModelTable> models) {
        this(pipeline, version, title, description, schedule, settle, sources, models, List.of());
    }

    /** Whether a column of it is masked. Then no record of it may be stored as it landed, not even a bad one. */
    public boolean isMasked() {
        return sources.stream().anyMatch(SourceTable::isMasked);
    }

    /** The table of that name, source or model. */
    public Optional<Table> table(String name) {
        return Stream.<Table>concat(sources.stream(), models.stream())
                .filter(table -> table.name().equals(name))
                .findFirst();
    }
}
