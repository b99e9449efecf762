package dev.millrace.contract;

/** What of a model and its contract alters its rows: part of the stamp of every period of the model. */
public final class ModelSettings {
    /** Raised whenever the engine makes other rows of the same query and inputs. */
    public static final int ENGINE_VERSION = 1;

    private ModelSettings() {}

    /** SHA-256 in hex. Comments and layout of the query leave it as it is. */
    public static String digest(ModelTable table) {
        SettingsText text = new SettingsText()
                .add("model", ENGINE_VERSION)
                .add("period", table.period().name());
        table.grain().forEach(part -> text.add("grain", part));
        for (ModelTable.Input input : table.inputs()) {
            text.add("input", input.table()).add("reach", reach(input.reach()));
        }
        for (Column column : table.columns()) {
            text.add("column", column.name()).add("type", column.type().sql());
            text.add("required", String.valueOf(column.required()));
        }
        SqlTokens.of(table.sql()).forEach(token -> text.add(token.kind().name(), token.text()));
        return text.sha256();
    }

    private static String reach(ModelTable.Reach reach) {
        if (reach instanceof ModelTable.Reach.Days days) {
            return "-" + days.before() + "d..+" + days.after() + "d";
        }
        return reach instanceof ModelTable.Reach.Same ? "same" : "all";
    }
}
