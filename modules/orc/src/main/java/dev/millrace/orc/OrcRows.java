package dev.millrace.orc;

import static java.util.Objects.requireNonNull;

import dev.millrace.lake.ObjectSource;
import dev.millrace.lake.read.FileRows;
import dev.millrace.lake.read.RowText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.orc.DataReader;
import org.apache.orc.OrcFile;
import org.apache.orc.Reader;
import org.apache.orc.RecordReader;
import org.apache.orc.StripeInformation;
import org.apache.orc.TypeDescription;
import org.apache.orc.TypeDescription.Category;
import org.apache.orc.impl.DataReaderProperties;
import org.apache.orc.impl.InStream;
import org.apache.orc.impl.OrcCodecPool;
import org.apache.orc.impl.RecordReaderUtils;
import org.apache.orc.storage.ql.exec.vector.ColumnVector;
import org.apache.orc.storage.ql.exec.vector.VectorizedRowBatch;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an ORC file. Of a stripe only the fields that are asked for are read, and no more than one stripe is held. Rows are
 * decoded in batches, counted from each stripe's beginning; of a batch that is damaged none is given.
 */
final class OrcRows extends FileRows {
    /** The rules of records name it. */
    private static final int BATCH_ROWS = 1024;
    /** What has no counterpart in JSON. */
    private static final Set<Category> REFUSED = Set.of(Category.UNION, Category.Geometry, Category.Geography);

    private final ObjectSource source;
    private final Set<String> fields;
    private @Nullable Opened opened;
    private @Nullable RecordReader stripe;
    private int row;

    OrcRows(ObjectSource source, Set<String> fields) {
        super("ORC");
        this.source = requireNonNull(source, "source");
        this.fields = Set.copyOf(fields);
    }

    /** The file, and what is asked for of each of its rows. */
    private record Opened(
            Reader file,
            Reader.Options options,
            VectorizedRowBatch batch,
            TypeDescription type,
            List<Integer> asked,
            Iterator<StripeInformation> stripes) {}

    @Override
    protected boolean read(RowText text) throws IOException {
        if (opened == null) {
            opened = open();
        }
        VectorizedRowBatch batch = opened.batch();
        while (row == batch.size) {
            row = 0;
            if (!nextBatch(opened)) {
                return false;
            }
        }
        ColumnVector[] columns =
                opened.asked().stream().map(field -> batch.cols[field]).toArray(ColumnVector[]::new);
        new VectorText(text).struct(opened.type(), columns, row);
        row++;
        return true;
    }

    /** Each stripe has a reader of its own: one for all would read ahead, and lose rows of a stripe to the damage of the next. */
    private boolean nextBatch(Opened of) throws IOException {
        while (stripe == null || !stripe.nextBatch(of.batch())) {
            if (!of.stripes().hasNext()) {
                return false;
            }
            closeStripe();
            StripeInformation next = of.stripes().next();
            stripe = of.file().rows(of.options().clone().range(next.getOffset(), next.getLength()));
        }
        return true;
    }

    private Opened open() throws IOException {
        if (source.size() == 0) {
            throw new UnreadableException("it is empty");
        }
        Reader file;
        Configuration none = new Configuration(false);
        ObjectFiles files = new ObjectFiles(source, none);
        try {
            file = OrcFile.createReader(
                    ObjectFiles.PATH,
                    OrcFile.readerOptions(none)
                            .filesystem(files)
                            .maxLength(source.size())
                            .useUTCTimestamp(true)
                            .convertToProlepticGregorian(true));
        } catch (NoClassDefFoundError e) {
            throw new UnreadableException("it is compressed by Brotli");
        }
        TypeDescription whole = file.getSchema();
        if (whole.getCategory() != Category.STRUCT) {
            throw new UnreadableException("its rows are no structs, but of type "
                    + whole.getCategory().getName());
        }
        boolean[] included = new boolean[whole.getMaximumId() + 1];
        included[0] = true;
        TypeDescription asked = TypeDescription.createStruct();
        List<Integer> positions = new ArrayList<>();
        for (int field = 0; field < whole.getChildren().size(); field++) {
            String name = whole.getFieldNames().get(field);
            if (fields.contains(name)) {
                TypeDescription type = whole.getChildren().get(field);
                refuse(name, type);
                Arrays.fill(included, type.getId(), type.getMaximumId() + 1, true);
                asked.addField(name, type.clone());
                positions.add(field);
            }
        }
        Reader.Options options = file.options().include(included).dataReader(guarded(file, files));
        VectorizedRowBatch batch = whole.createRowBatch(BATCH_ROWS);
        return new Opened(
                file, options, batch, asked, positions, file.getStripes().iterator());
    }

    private static DataReader guarded(Reader file, ObjectFiles files) {
        InStream.StreamOptions compression =
                InStream.options().withCodec(OrcCodecPool.getCodec(file.getCompressionKind()));
        return new GuardedStripes(
                RecordReaderUtils.createDefaultDataReader(DataReaderProperties.builder()
                        .withFileSystem(files)
                        .withPath(ObjectFiles.PATH)
                        .withCompression(compression.withBufferSize(file.getCompressionSize()))
                        .build()),
                file.getSchema());
    }

    private static void refuse(String name, TypeDescription type) throws UnreadableException {
        if (REFUSED.contains(type.getCategory())) {
            throw new UnreadableException(
                    "field " + name + " holds a " + type.getCategory().getName() + ", which is not read");
        }
        if (type.getChildren() != null) {
            for (TypeDescription child : type.getChildren()) {
                refuse(name, child);
            }
        }
    }

    private void closeStripe() throws IOException {
        if (stripe != null) {
            stripe.close();
            stripe = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeStripe();
        if (opened != null) {
            opened.file().close();
        }
    }
}
