package dev.millrace.load.warehouse;

import static java.util.Objects.requireNonNull;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.Table;
import dev.millrace.control.PartitionBook.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A table as the warehouse holds it: the contract's columns, then lineage, then the period. */
public record WarehouseTable(String name, String description, Layer layer, List<Column> columns, List<String> grain) {

    public WarehouseTable {
        requireNonNull(name, "name");
        requireNonNull(description, "description");
        requireNonNull(layer, "layer");
        columns = List.copyOf(columns);
        grain = List.copyOf(grain);
    }

    public static WarehouseTable of(Table table) {
        List<Column> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            // Ingest judges what is required, by the contract in force when an object was read; rows that were read
            // under an
            // earlier one stay. A model is made anew when its contract changes.
            boolean required = column.required() && !(table instanceof SourceTable);
            columns.add(new Column(column.name(), column.type(), required, column.description()));
        }
        FieldType text = new FieldType.Text(OptionalInt.empty());
        Layer layer = Layer.MODEL;
        if (table instanceof SourceTable) {
            layer = Layer.BASE;
            columns.add(new Column(Lineage.OBJECT, text, true, "Key of the landed object that the row was read from."));
            columns.add(new Column(Lineage.ETAG, text, true, "ETag of that object."));
            columns.add(new Column(
                    Lineage.RECORD, new FieldType.Int64(), true, "Number of the record within that object, from 1."));
        }
        columns.add(new Column(Lineage.PERIOD, text, true, "Event period, UTC."));
        return new WarehouseTable(table.name(), table.description(), layer, columns, table.grain());
    }

    /** The columns that are read from the lake's files; a file's period is known beforehand. */
    public List<Column> stored() {
        return columns.subList(0, columns.size() - 1);
    }

    public Column column(String columnName) {
        return columns.stream()
                .filter(column -> column.name().equals(columnName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("table " + name + " has no column " + columnName));
    }
}
