package dev.millrace.orc;

import static java.util.Objects.requireNonNull;

import dev.millrace.lake.read.FileRows.UnreadableException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.orc.DataReader;
import org.apache.orc.OrcProto;
import org.apache.orc.OrcProto.ColumnEncoding;
import org.apache.orc.StripeInformation;
import org.apache.orc.TypeDescription;
import org.apache.orc.TypeDescription.Category;
import org.apache.orc.impl.BufferChunk;
import org.apache.orc.impl.BufferChunkList;
import org.apache.orc.impl.InStream;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the integers of a stripe before the library decodes them. Where damage makes a run of them lead out of its stream, the
 * library would look for the rest for ever: it adds the -1 that tells the end to the number of bytes it has.
 */
final class GuardedStripes implements DataReader {
    private static final Set<Category> INTEGERS = EnumSet.of(
            Category.SHORT, Category.INT, Category.LONG, Category.DATE, Category.TIMESTAMP, Category.TIMESTAMP_INSTANT);

    private final DataReader reader;
    private final TypeDescription schema;
    private @Nullable StripeInformation stripe;
    private OrcProto.StripeFooter footer = OrcProto.StripeFooter.getDefaultInstance();

    GuardedStripes(DataReader reader, TypeDescription schema) {
        this.reader = requireNonNull(reader, "reader");
        this.schema = requireNonNull(schema, "schema");
    }

    @Override
    public OrcProto.StripeFooter readStripeFooter(StripeInformation of) throws IOException {
        stripe = of;
        footer = reader.readStripeFooter(of);
        return footer;
    }

    @Override
    public BufferChunkList readFileData(BufferChunkList planned, boolean direct) throws IOException {
        BufferChunkList read = reader.readFileData(planned, direct);
        if (stripe != null) {
            check(stripe, planned);
        }
        return read;
    }

    private void check(StripeInformation of, BufferChunkList read) throws IOException {
        Map<Long, BufferChunk> chunks = new HashMap<>();
        for (BufferChunk chunk = read.get(); chunk != null; chunk = (BufferChunk) chunk.next) {
            chunks.put(chunk.getOffset(), chunk);
        }
        long offset = of.getOffset();
        List<OrcProto.Stream> streams = footer.getStreamsList();
        for (OrcProto.Stream stream : streams) {
            @Nullable BufferChunk first = chunks.get(offset);
            // What nobody asked for was not read.
            if (first != null && stream.getLength() > 0 && holdsRuns(stream)) {
                walk(InStream.create(stream, first, offset, stream.getLength(), reader.getCompressionOptions()));
            }
            offset += stream.getLength();
        }
    }

    private static void walk(InStream stream) throws IOException {
        try (stream) {
            IntegerRuns.walk(stream);
        } catch (EOFException e) {
            throw new UnreadableException("integers of a stripe lead out of their stream", e);
        }
    }

    /** Whether a stream holds integers in runs of the second version; the first version's end is noticed. */
    private boolean holdsRuns(OrcProto.Stream stream) {
        ColumnEncoding.Kind encoding = footer.getColumns(stream.getColumn()).getKind();
        boolean isDictionary = encoding == ColumnEncoding.Kind.DICTIONARY_V2;
        if (!isDictionary && encoding != ColumnEncoding.Kind.DIRECT_V2) {
            return false;
        }
        return switch (stream.getKind()) {
            case LENGTH, SECONDARY -> true;
            case DATA ->
                isDictionary
                        || INTEGERS.contains(
                                schema.findSubtype(stream.getColumn()).getCategory());
            default -> false;
        };
    }

    @Override
    public void open() throws IOException {
        reader.open();
    }

    @Override
    public boolean isTrackingDiskRanges() {
        return reader.isTrackingDiskRanges();
    }

    @Override
    @SuppressWarnings("deprecation")
    public void releaseBuffer(ByteBuffer buffer) {
        reader.releaseBuffer(buffer);
    }

    @Override
    public void releaseAllBuffers() {
        reader.releaseAllBuffers();
    }

    /** The library reads by a copy of what it is handed. */
    @Override
    public DataReader clone() {
        return new GuardedStripes(reader.clone(), schema);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    @Override
    public InStream.StreamOptions getCompressionOptions() {
        return reader.getCompressionOptions();
    }
}
