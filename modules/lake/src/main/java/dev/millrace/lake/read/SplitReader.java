package dev.millrace.lake.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a split, batch after batch. What {@link #column} gives is lent until the next batch. A column that was added
 * to the table after the file was written is null throughout.
 */
public final class SplitReader implements AutoCloseable {
    /** Batches stay small enough for the caches of one core. */
    static final int BATCH_ROWS = 2048;

    private final ParquetFileReader file;
    private final Vector[] vectors;
    private final @Nullable ColumnDescriptor[] descriptors;
    private final @Nullable ColumnPages[] pages;
    private long leftInGroup;
    private int rows;

    /** A column by its field id, which outlives renames. */
    record Resolved(int fieldId, boolean text) {}

    private SplitReader(ParquetFileReader file, Vector[] vectors, @Nullable ColumnDescriptor[] descriptors) {
        this.file = file;
        this.vectors = vectors;
        this.descriptors = descriptors;
        this.pages = new @Nullable ColumnPages[descriptors.length];
    }

    static SplitReader open(Split split, List<Resolved> columns) {
        ParquetFileReader file = null;
        try {
            file = openFile(split);
            MessageType whole = file.getFooter().getFileMetaData().getSchema();
            Vector[] vectors = new Vector[columns.size()];
            @Nullable ColumnDescriptor[] descriptors = new @Nullable ColumnDescriptor[columns.size()];
            List<Type> projection = new ArrayList<>();
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = new Vector(columns.get(i).text());
                Type field = field(whole, columns.get(i).fieldId());
                if (field != null) {
                    projection.add(field);
                    descriptors[i] = whole.getColumnDescription(new String[] {field.getName()});
                }
            }
            file.setRequestedSchema(new MessageType(whole.getName(), projection));
            return new SplitReader(file, vectors, descriptors);
        } catch (IOException e) {
            close(file);
            throw new UncheckedIOException("cannot open " + split.file().location(), e);
        }
    }

    /** How many rows a split holds, as its file's footer tells. */
    public static long rows(Split split) {
        try (ParquetFileReader file = openFile(split)) {
            return file.getFilteredRecordCount();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + split.file().location(), e);
        }
    }

    private static ParquetFileReader openFile(Split split) throws IOException {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withRange(split.start(), split.end())
                .withCodecFactory(new PageCodecs())
                .build();
        return ParquetFileReader.open(new ParquetInput(split.file()), options);
    }

    private static @Nullable Type field(MessageType schema, int id) {
        for (Type field : schema.getFields()) {
            if (field.getId() != null && field.getId().intValue() == id) {
                return field;
            }
        }
        return null;
    }

    /** Moves on to the next batch; false at the end. */
    public boolean next() {
        try {
            while (leftInGroup == 0) {
                PageReadStore group = file.readNextRowGroup();
                if (group == null) {
                    return false;
                }
                leftInGroup = group.getRowCount();
                for (int i = 0; i < pages.length; i++) {
                    ColumnDescriptor descriptor = descriptors[i];
                    pages[i] = descriptor == null
                            ? null
                            : new ColumnPages(descriptor, group.getPageReader(descriptor), vectors[i]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.getFile(), e);
        }
        // A batch never crosses the end of a column's page, so a text column's values all lie in one array.
        int count = (int) Math.min(leftInGroup, BATCH_ROWS);
        for (ColumnPages column : pages) {
            if (column != null) {
                count = Math.min(count, column.left());
            }
        }
        for (int i = 0; i < pages.length; i++) {
            ColumnPages column = pages[i];
            if (column == null) {
                vectors[i].allNull(count);
            } else {
                column.decode(count);
            }
        }
        leftInGroup -= count;
        rows = count;
        return true;
    }

    /** The number of rows of this batch. */
    public int rows() {
        return rows;
    }

    public Vector column(int index) {
        return vectors[index];
    }

    @Override
    public void close() {
        close(file);
    }

    private static void close(@Nullable ParquetFileReader file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
