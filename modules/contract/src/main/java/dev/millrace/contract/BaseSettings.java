package dev.millrace.contract;

/** What of a table's contract alters the base rows made of its clean rows: part of the stamp of every base period. */
public final class BaseSettings {
    /** Raised whenever base rows are made otherwise of the same clean rows. */
    public static final int ENGINE_VERSION = 1;

    private BaseSettings() {}

    /** SHA-256 in hex. What alters the clean rows themselves comes with their content. */
    public static String digest(SourceTable table) {
        SettingsText text = new SettingsText()
                .add("base", ENGINE_VERSION)
                .add("period", table.period().name());
        table.columns()
                .forEach(column -> text.add("column", column.name())
                        .add("type", column.type().sql()));
        table.key().forEach(part -> text.add("key", part));
        if (!table.key().isEmpty()) {
            text.add("dedupWindowHours", table.dedupWindowHours());
        }
        return text.sha256();
    }
}
