package dev.millrace.lake.read;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.lake.ObjectSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
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
public final class ParquetRows implements AutoCloseable {
    private final ObjectSource source;
    private final Set<String> fields;
    private @Nullable ParquetFileReader file;
    private @Nullable MessageColumnIO columns;
    private @Nullable RecordReader<Group> records;
    private long left;
    private boolean ended;
    private Optional<String> damage = Optional.empty();

    private ParquetRows(ObjectSource source, Set<String> fields) {
        this.source = source;
        this.fields = Set.copyOf(fields);
    }

    /** Reads nothing yet. Fields that the file lacks are null. */
    public static ParquetRows of(ObjectSource source, Set<String> fields) {
        return new ParquetRows(source, fields);
    }

    /** What is wrong with the file; known once {@link #next} has told the end. */
    public Optional<String> damage() {
        return damage;
    }

    /** Writes the next row's text in place of what is there; false at the end, which damage may be. */
    public boolean next(RowText text) {
        if (ended) {
            return false;
        }
        try {
            while (left == 0) {
                if (!group()) {
                    ended = true;
                    return false;
                }
            }
            left--;
            text.clear();
            text.group(records().read());
            return true;
        } catch (IOException | RuntimeException e) {
            throwIfOfTheSource(e);
            damage = Optional.of(
                    "the Parquet file cannot be read: " + e.getClass().getSimpleName());
            ended = true;
            return false;
        }
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

    /** A store that fails is no damage. */
    private static void throwIfOfTheSource(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof JobException job) {
                throw job;
            }
        }
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
            Jumping stream = new Jumping(source);
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() {
                    return stream.position;
                }

                @Override
                public void seek(long to) throws IOException {
                    stream.seek(to);
                }
            };
        }
    }

    /** Opens the object anew where the reader jumps. */
    private static final class Jumping extends InputStream {
        private final ObjectSource source;
        private @Nullable InputStream in;
        private long position;

        private Jumping(ObjectSource source) {
            this.source = source;
        }

        private void seek(long to) throws IOException {
            if (to < 0 || to > source.size()) {
                throw new EOFException("position " + to + " of " + source.size());
            }
            if (to != position) {
                close();
                position = to;
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int at, int length) throws IOException {
            if (position >= source.size()) {
                return -1;
            }
            try {
                if (in == null) {
                    in = source.from(position);
                }
                int count = in.read(bytes, at, length);
                if (count < 0) {
                    throw new EOFException("the connection ended early");
                }
                position += count;
                return count;
            } catch (IOException e) {
                throw new JobException(ExitCode.TEMPORARY, "Reading a landed object broke off: try again.", e);
            }
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
                in = null;
            }
        }
    }
}
