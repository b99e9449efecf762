package dev.millrace.contract;

import java.util.Map;

/** What an export is made of: its own settings, the model's columns, and the content of each of its periods. */
public final class ExportSettings {
    /** Raised whenever the same rows make other files. */
    public static final int OUTPUT_VERSION = 1;

    private ExportSettings() {}

    /** SHA-256 in hex. */
    public static String stamp(ModelTable model, Export export, Map<String, String> contents) {
        SettingsText text = new SettingsText().add("export", OUTPUT_VERSION).add("folder", export.folder());
        if (export instanceof Export.Current current) {
            text.add("delimiter", String.valueOf(current.delimiter()));
        }
        model.grain().forEach(part -> text.add("grain", part));
        for (Column column : model.columns()) {
            text.add("column", column.name()).add("type", column.type().sql());
        }
        contents.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(period -> text.add("period", period.getKey()).add("content", period.getValue()));
        return text.sha256();
    }
}
