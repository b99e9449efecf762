package dev.millrace.transform.publish;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import dev.millrace.control.PartitionBook.Layer;
import dev.millrace.transform.session.LakeSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** The columns of a base table or model in the lake, as the contract wants them. */
public final class TableShape {
    private final dev.millrace.contract.Table table;
    private final Layer layer;
    private final Map<String, Type> columns = new LinkedHashMap<>();

    public TableShape(dev.millrace.contract.Table table, Layer layer) {
        this.table = table;
        this.layer = layer;
        for (Column column : table.columns()) {
            columns.put(column.name(), LakeTypes.of(column.type()));
        }
        if (layer == Layer.BASE) {
            columns.put(Lineage.OBJECT, Types.StringType.get());
            columns.put(Lineage.ETAG, Types.StringType.get());
            columns.put(Lineage.RECORD, Types.LongType.get());
            columns.put(Lineage.HOUR, Types.StringType.get());
        }
        columns.put(Lineage.PERIOD, Types.StringType.get());
    }

    /** All columns in order. */
    public List<String> columns() {
        return List.copyOf(columns.keySet());
    }

    /** All that a period's digest covers: every column but the period, which is the same in all its rows. */
    public List<String> digested() {
        List<String> digested = new ArrayList<>(columns.keySet());
        digested.remove(Lineage.PERIOD);
        return digested;
    }

    public StructType sparkSchema() {
        return SparkSchemaUtil.convert(schema());
    }

    public org.apache.spark.sql.Column[] sparkColumns() {
        return columns.keySet().stream()
                .map(name -> functions.col(ContentDigest.quoted(name)))
                .toArray(org.apache.spark.sql.Column[]::new);
    }

    /** The lake's table, made or brought to this shape. */
    Table ensure(LakeSession session) {
        session.ensureNamespace(layer.namespace());
        TableIdentifier identifier = TableIdentifier.of(layer.namespace(), table.name());
        if (!session.catalog().tableExists(identifier)) {
            Schema schema = schema();
            PartitionSpec spec =
                    PartitionSpec.builderFor(schema).identity(Lineage.PERIOD).build();
            return session.catalog().createTable(identifier, schema, spec, null, properties());
        }
        Table existing = session.catalog().loadTable(identifier);
        evolve(existing);
        return existing;
    }

    private Schema schema() {
        List<NestedField> fields = new ArrayList<>();
        // All may be null to the lake: what must not be is audited, and may change from contract to contract.
        columns.forEach((name, type) -> fields.add(NestedField.optional(fields.size() + 1, name, type)));
        return new Schema(fields);
    }

    private void evolve(Table existing) {
        List<String> now =
                existing.schema().columns().stream().map(NestedField::name).toList();
        UpdateSchema update = existing.updateSchema();
        boolean changed = false;
        for (NestedField field : existing.schema().columns()) {
            Type wanted = columns.get(field.name());
            if (wanted == null) {
                update.deleteColumn(field.name());
                changed = true;
            } else if (!wanted.equals(field.type())) {
                // A contract whose types changed makes every period stale, so that no row of the former type stays.
                update.deleteColumn(field.name());
                update.addColumn(field.name(), wanted);
                changed = true;
            }
        }
        for (Map.Entry<String, Type> column : columns.entrySet()) {
            if (!now.contains(column.getKey())) {
                update.addColumn(column.getKey(), column.getValue());
                changed = true;
            }
        }
        if (changed || !now.equals(columns())) {
            List<String> order = columns();
            update.moveFirst(order.get(0));
            for (int i = 1; i < order.size(); i++) {
                update.moveAfter(order.get(i), order.get(i - 1));
            }
            update.commit();
        }
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(TableProperties.FORMAT_VERSION, "2");
        properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
        properties.put(TableProperties.PARQUET_COMPRESSION_LEVEL, "3");
        properties.put(TableProperties.WRITE_DISTRIBUTION_MODE, TableProperties.WRITE_DISTRIBUTION_MODE_NONE);
        properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");
        for (Column column : table.columns()) {
            if (column.type() instanceof FieldType.Timestamp || isKey(column)) {
                properties.put(withoutDictionary(column.name()), "false");
            }
        }
        if (layer == Layer.BASE) {
            properties.put(withoutDictionary(Lineage.RECORD), "false");
        }
        return properties;
    }

    private boolean isKey(Column column) {
        return table instanceof SourceTable source && source.key().contains(column.name());
    }

    private static String withoutDictionary(String column) {
        return "write.parquet.dict-encoding-enabled.column." + column;
    }
}
