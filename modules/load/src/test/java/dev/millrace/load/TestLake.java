package dev.millrace.load;

import dev.millrace.lake.read.LakeTables;
import dev.millrace.lake.read.PinnedTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/** An Iceberg lake in memory, written as Spark writes it: one file a partition. */
public final class TestLake implements LakeTables {
    private final InMemoryCatalog catalog = new InMemoryCatalog();

    public TestLake() {
        catalog.initialize("millrace", Map.of());
        List.of("clean", "base", "model").forEach(namespace -> catalog.createNamespace(Namespace.of(namespace)));
    }

    /** The last column partitions the table. */
    public void create(String namespace, String name, Schema schema) {
        String last = schema.columns().get(schema.columns().size() - 1).name();
        catalog.buildTable(TableIdentifier.of(namespace, name), schema)
                .withPartitionSpec(
                        PartitionSpec.builderFor(schema).identity(last).build())
                .withProperty("write.parquet.compression-codec", "zstd")
                .create();
    }

    public void addColumn(String namespace, String name, String column, org.apache.iceberg.types.Type type) {
        Table table = catalog.loadTable(TableIdentifier.of(namespace, name));
        String last = table.schema()
                .columns()
                .get(table.schema().columns().size() - 1)
                .name();
        table.updateSchema().addColumn(column, type).moveBefore(column, last).commit();
    }

    /** Replaces partitions; one without rows is emptied. Values come in the order of the table's columns. */
    public void replace(String namespace, String name, Map<String, List<@Nullable Object[]>> partitions) {
        Table table = catalog.loadTable(TableIdentifier.of(namespace, name));
        String column = table.schema()
                .columns()
                .get(table.schema().columns().size() - 1)
                .name();
        OverwriteFiles overwrite = table.newOverwrite()
                .overwriteByRowFilter(Expressions.in(column, partitions.keySet().toArray()));
        for (Map.Entry<String, List<@Nullable Object[]>> partition : partitions.entrySet()) {
            if (!partition.getValue().isEmpty()) {
                overwrite.addFile(write(table, partition.getKey(), partition.getValue()));
            }
        }
        overwrite.commit();
    }

    private static DataFile write(Table table, String partition, List<@Nullable Object[]> rows) {
        PartitionData data = new PartitionData(table.spec().partitionType());
        data.set(0, partition);
        try {
            DataWriter<GenericRecord> writer = Parquet.writeData(table.io()
                            .newOutputFile(table.locationProvider()
                                    .newDataLocation(table.spec(), data, UUID.randomUUID() + ".parquet")))
                    .forTable(table)
                    .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
                    .withPartition(data)
                    .build();
            try (writer) {
                for (@Nullable Object[] values : rows) {
                    GenericRecord record = GenericRecord.create(table.schema());
                    for (int i = 0; i < values.length; i++) {
                        record.set(i, values[i]);
                    }
                    record.set(values.length, partition);
                    writer.write(record);
                }
            }
            return writer.toDataFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<PinnedTable> pin(String namespace, String table) {
        TableIdentifier id = TableIdentifier.of(namespace, table);
        return catalog.tableExists(id) ? Optional.of(PinnedTable.of(catalog.loadTable(id))) : Optional.empty();
    }

    @Override
    public void close() {
        // Lives as long as its test.
    }
}
