package dev.millrace.lake;

import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which columns are written without a dictionary: those whose values hardly repeat, where building one is in vain. */
final class Encodings {
    private Encodings() {}

    static Set<String> plain(SourceTable table) {
        Set<String> plain = new LinkedHashSet<>(table.key());
        for (SourceColumn column : table.sourceColumns()) {
            if (column.type() instanceof FieldType.Timestamp || column.type() instanceof FieldType.Float64) {
                plain.add(column.name());
            }
            // An id of somebody or something is nearly always one of very many.
            if (column.name().endsWith("_id")) {
                plain.add(column.name());
            }
        }
        plain.add(Lineage.RECORD);
        return plain;
    }
}
