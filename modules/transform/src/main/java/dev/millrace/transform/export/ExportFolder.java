package dev.millrace.transform.export;

import dev.millrace.contract.Export;
import dev.millrace.contract.ModelTable;
import dev.millrace.control.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.PositionOutputStream;

/**
 * Where an export is kept, and what was kept there last: a small document beside it, whose name begins with an underscore so
 * that readers of the folder pass it by. Whoever removes the folder has the export written anew.
 */
final class ExportFolder {
    private static final DateTimeFormatter FOLDERS = DateTimeFormatter.ofPattern(
                    "'year='yyyy'/month='MM'/day='dd'/time='HH-mm-ss")
            .withZone(ZoneOffset.UTC);
    private static final int STAMP_DIGITS = 16;
    private static final String STAMP = "stamp";
    private static final String OBJECT = "object";

    private final FileIO io;
    private final String root;
    private final ModelTable model;
    private final Export export;

    ExportFolder(FileIO io, String exports, String pipeline, ModelTable model, Export export) {
        this.io = io;
        this.root = exports + "/" + pipeline + "/" + export.folder() + "/";
        this.model = model;
        this.export = export;
    }

    /** What was last kept, or was about to be. */
    record Last(String stamp, String object) {}

    Optional<Last> last() {
        InputFile file = io.newInputFile(book());
        try (InputStream in = file.newStream()) {
            Map<String, String> members = Json.readTexts(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return Optional.of(new Last(members.getOrDefault(STAMP, ""), members.getOrDefault(OBJECT, "")));
        } catch (NotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean holds(Last last) {
        return io.newInputFile(root + last.object()).exists();
    }

    /**
     * The name of the file for this stamp. That of a history is the same for the same stamp as long as no other came in between:
     * it holds the time at which that was first seen.
     */
    String object(String stamp, Optional<Last> last, Instant now) {
        if (export instanceof Export.Current) {
            return model.name() + ".csv";
        }
        return last.filter(before -> before.stamp().equals(stamp))
                .map(Last::object)
                .orElseGet(() ->
                        FOLDERS.format(now) + "/" + model.name() + "-" + stamp.substring(0, STAMP_DIGITS) + ".parquet");
    }

    /** Remembers what is kept, or is about to be. */
    void remember(Last last) {
        byte[] text =
                Json.write(Map.of(STAMP, last.stamp(), OBJECT, last.object())).getBytes(StandardCharsets.UTF_8);
        try (PositionOutputStream out = io.newOutputFile(book()).createOrOverwrite()) {
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a whole file there, in one piece. */
    void put(String object, Path file) {
        try (PositionOutputStream out = io.newOutputFile(root + object).createOrOverwrite()) {
            Files.copy(file, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String path(String object) {
        return root + object;
    }

    private String book() {
        return root + "_export.json";
    }
}
