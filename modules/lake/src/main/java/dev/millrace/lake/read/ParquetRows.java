package dev.millrace.lake.read;

import dev.millrace.lake.ObjectSource;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file that others wrote, each as the JSON text that its fields make. Of a group of rows only the fields
 * that are asked for are read, and no more than one group is held.
 */
final class ParquetRows extends FileRows {
    private final ObjectSource source;
    private final Set<String> fields;
    private @Nullable ParquetFileReader file;
    private @Nullable MessageColumnIO columns;
    private @Nullable RecordReader<Group> records;
    private long left;

    private ParquetRows(ObjectSource source, Set<String> fields) {
        super("Parquet");
        this.source = source;
        this.fields = Set.copyOf(fields);
    }

    /** Reads nothing yet. Fields that the file lacks are null. */
    static ParquetRows of(ObjectSource source, Set<String> fields) {
        return new ParquetRows(source, fields);
    }

    @Override
    protected boolean read(RowText text) throws IOException {
        while (left == 0) {
            if (!group()) {
                return false;
            }
        }
        left--;
        new GroupText(text).group(records().read());
        return true;
    }

    private RecordReader<Group> records() {
        return java.util.Objects.requireNonNull(records);
    }

    private boolean group() throws IOException {
        if (file == null) {
            ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                    .withCodecFactory(new PageCodecs())
                    .build();
            file = ParquetFileReader.open(new Input(source), options);
            MessageType whole = file.getFooter().getFileMetaData().getSchema();
            List<Type> wanted = whole.getFields().stream()
                    .filter(field -> fields.contains(field.getName()))
                    .toList();
            MessageType asked = new MessageType(whole.getName(), wanted);
            file.setRequestedSchema(asked);
            columns = new ColumnIOFactory().getColumnIO(asked, whole);
        }
        PageReadStore group = file.readNextRowGroup();
        if (group == null) {
            return false;
        }
        left = group.getRowCount();
        MessageColumnIO columnIO = java.util.Objects.requireNonNull(columns);
        records = columnIO.getRecordReader(group, new GroupRecordConverter(columnIO.getType()));
        return true;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private record Input(ObjectSource source) implements InputFile {
        @Override
        public long getLength() {
            return source.size();
        }

        @Override
        public SeekableInputStream newStream() {
            ObjectStream stream = new ObjectStream(source);
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() {
                    return stream.position();
                }

                @Override
                public void seek(long to) throws IOException {
                    stream.seek(to);
                }
            };
        }
    }
}
