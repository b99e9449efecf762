package dev.millrace.lake.read;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.snappy.SnappyDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Inflates whole pages at once, from array to array; Parquet's own goes through Hadoop's streams. */
final class PageCodecs implements CompressionCodecFactory {

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case ZSTD ->
                new Pages((in, out) -> {
                    long size = Zstd.decompressByteArray(
                            out, 0, out.length, in.array(), in.arrayOffset() + in.position(), in.remaining());
                    if (Zstd.isError(size) || size != out.length) {
                        throw new IOException("a damaged page: " + Zstd.getErrorName(size));
                    }
                });
            case GZIP -> new Pages(PageCodecs::gunzip);
            case SNAPPY ->
                new Pages((in, out) -> {
                    int size = new SnappyDecompressor()
                            .decompress(
                                    in.array(), in.arrayOffset() + in.position(), in.remaining(), out, 0, out.length);
                    if (size != out.length) {
                        throw new IOException("a damaged page: it is shorter than it says");
                    }
                });
            case UNCOMPRESSED -> new Pages((in, out) -> in.get(out));
            default -> throw new IllegalStateException("no reader for pages compressed with " + codec);
        };
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("only reads");
    }

    @Override
    public void release() {
        // Nothing is kept between pages.
    }

    private static void gunzip(ByteBuffer in, byte[] out) throws IOException {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        try (InputStream stream = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            if (stream.readNBytes(out, 0, out.length) != out.length) {
                throw new IOException("a damaged page: it is shorter than it says");
            }
        }
    }

    /** Fills the whole array or fails. */
    private interface Inflate {
        void from(ByteBuffer in, byte[] out) throws IOException;
    }

    private record Pages(Inflate inflate) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput compressed, int size) throws IOException {
            ByteBuffer in = compressed.toInputStream().slice(Math.toIntExact(compressed.size()));
            byte[] out = new byte[size];
            inflate.from(onHeap(in), out);
            return BytesInput.from(out);
        }

        @Override
        public void decompress(ByteBuffer input, int inputSize, ByteBuffer output, int outputSize) throws IOException {
            ByteBuffer in = input.duplicate();
            in.limit(in.position() + inputSize);
            byte[] out = new byte[outputSize];
            inflate.from(onHeap(in), out);
            input.position(input.position() + inputSize);
            output.put(out);
        }

        private static ByteBuffer onHeap(ByteBuffer buffer) {
            if (buffer.hasArray()) {
                return buffer;
            }
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return ByteBuffer.wrap(bytes);
        }

        @Override
        public void release() {
            // Nothing is kept between pages.
        }
    }
}
