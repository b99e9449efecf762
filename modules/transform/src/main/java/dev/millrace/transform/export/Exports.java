package dev.millrace.transform.export;

import dev.millrace.contract.Contract;
import dev.millrace.contract.Export;
import dev.millrace.contract.ExportSettings;
import dev.millrace.contract.ModelTable;
import dev.millrace.control.ControlDatabase;
import dev.millrace.control.PartitionBook;
import dev.millrace.control.Partitions;
import dev.millrace.transform.session.LakeAccess;
import dev.millrace.transform.stale.Stamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** The exports of a pipeline, compared with the models as they are. It asks the store, and needs no Spark. */
public final class Exports implements AutoCloseable {
    private static final String IO = "org.apache.iceberg.aws.s3.S3FileIO";

    private final Contract contract;
    private final ControlDatabase control;
    private final LakeAccess lake;
    private @Nullable FileIO io;

    public Exports(Contract contract, ControlDatabase control, LakeAccess lake) {
        this.contract = contract;
        this.control = control;
        this.lake = lake;
    }

    /** Those that are stale, or will be after models were rebuilt. */
    public List<StaleExport> stale(Set<String> rebuiltModels) {
        List<StaleExport> stale = new ArrayList<>();
        for (ModelTable model : contract.models()) {
            for (Export export : model.exports()) {
                Optional<String> reason = rebuiltModels.contains(model.name())
                        ? Optional.of("the model is rebuilt first")
                        : contents(model).flatMap(contents -> reason(model, export, contents));
                reason.ifPresent(why -> stale.add(new StaleExport(model, export, why)));
            }
        }
        return stale;
    }

    /** By period what a model holds; empty where that is not known, or it never held anything. */
    Optional<Map<String, String>> contents(ModelTable model) {
        Map<String, PartitionBook> books = new Partitions(control).of(model.name());
        if (books.isEmpty() || !books.values().stream().allMatch(Stamps::settled)) {
            return Optional.empty();
        }
        Map<String, String> contents = new HashMap<>();
        books.forEach((period, book) -> {
            if (book.rows() > 0) {
                contents.put(period, book.content());
            }
        });
        return Optional.of(contents);
    }

    /** Why an export is stale; nothing where it is fresh. */
    Optional<String> reason(ModelTable model, Export export, Map<String, String> contents) {
        ExportFolder folder = folder(model, export);
        Optional<ExportFolder.Last> last = folder.last();
        if (last.isEmpty()) {
            return Optional.of("never written");
        }
        if (!last.get().stamp().equals(ExportSettings.stamp(model, export, contents))) {
            return Optional.of("the model has changed");
        }
        return folder.holds(last.get()) ? Optional.empty() : Optional.of("the file is missing");
    }

    ExportFolder folder(ModelTable model, Export export) {
        return new ExportFolder(io(), lake.warehouse() + "/exports", contract.pipeline(), model, export);
    }

    private FileIO io() {
        FileIO opened = io;
        if (opened == null) {
            Map<String, String> settings = new HashMap<>();
            lake.fileSettings().forEach((name, value) -> settings.put(name, value.reveal()));
            opened = CatalogUtil.loadFileIO(IO, settings, null);
            io = opened;
        }
        return opened;
    }

    @Override
    public void close() {
        Optional.ofNullable(io).ifPresent(FileIO::close);
    }
}
