package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A table that is read from landed objects.
 *
 * @param key columns that tell one row from another, none for a table without a key
 * @param quarantineLimit the greatest share of quarantined records that an hour may have, as a fraction: 0.05 for 5%
 */
public record SourceTable(
        String name,
        String description,
        String prefix,
        KeyLayout layout,
        RecordFormat format,
        List<SourceColumn> sourceColumns,
        List<String> key,
        EventTime eventTime,
        Period period,
        int dedupWindowHours,
        int lookBackHours,
        UnknownFields unknownFields,
        BigDecimal quarantineLimit,
        RepeatedObjects repeatedObjects,
        int maxRecordBytes)
        implements Table {

    public SourceTable {
        requireNonNull(name, "name");
        requireNonNull(description, "description");
        requireNonNull(prefix, "prefix");
        requireNonNull(layout, "layout");
        requireNonNull(format, "format");
        sourceColumns = List.copyOf(sourceColumns);
        key = List.copyOf(key);
        requireNonNull(eventTime, "eventTime");
        requireNonNull(period, "period");
        requireNonNull(unknownFields, "unknownFields");
        requireNonNull(quarantineLimit, "quarantineLimit");
        requireNonNull(repeatedObjects, "repeatedObjects");
    }

    @Override
    public List<Column> columns() {
        return sourceColumns.stream().map(SourceColumn::column).toList();
    }

    /** Whether a column of it is masked. */
    public boolean isMasked() {
        return sourceColumns.stream().anyMatch(column -> column.mask().isPresent());
    }

    /** Lineage columns: the object's key and ETag and the record's number tell any row from any other. */
    @Override
    public List<String> grain() {
        return List.of(Lineage.OBJECT, Lineage.RECORD);
    }

    /** How keys below the prefix name the landing hour: a layout that has a name, or a pattern of {@link KeyPattern}. */
    public record KeyLayout(String text) {
        public static final KeyLayout FIREHOSE = new KeyLayout("firehose");
        public static final KeyLayout DATEHOUR = new KeyLayout("datehour");

        public KeyLayout {
            requireNonNull(text, "text");
        }
    }

    public enum UnknownFields {
        RESCUE,
        IGNORE,
        QUARANTINE
    }

    /** Whether an object whose content equals an earlier one's counts wholly as duplicate. */
    public enum RepeatedObjects {
        DUPLICATE,
        KEEP
    }

    /** How an object's bytes divide into records. */
    public sealed interface RecordFormat {
        /** JSON objects; with a routing only those among them that belong to the table. */
        record Json(Envelope envelope, Optional<Routing> routing) implements RecordFormat {
            public Json {
                requireNonNull(envelope, "envelope");
                requireNonNull(routing, "routing");
            }

            public Json() {
                this(Envelope.NONE, Optional.empty());
            }
        }

        /** A file of rows, which are read as the JSON objects that their fields make. */
        enum RowFile implements RecordFormat {
            PARQUET("parquet", "Parquet"),
            ORC("orc", "ORC");

            private final String word;
            private final String title;

            RowFile(String word, String title) {
                this.word = word;
                this.title = title;
            }

            static Optional<RowFile> of(String word) {
                return Arrays.stream(values())
                        .filter(file -> file.word.equals(word))
                        .findFirst();
            }

            /** The word that contracts have for it. */
            public String word() {
                return word;
            }

            /** As people call it. */
            public String title() {
                return title;
            }
        }

        /** Envelopes of CloudWatch Logs; a record is one of an envelope's events with what is around it. */
        record CloudWatchLogs(Envelope envelope) implements RecordFormat {
            public CloudWatchLogs {
                requireNonNull(envelope, "envelope");
            }
        }

        /**
         * Lines of fields.
         *
         * @param quote what stands around fields, if anything may
         * @param escape what makes the byte after it an ordinary one, if anything does
         * @param header whether the first line names the fields
         * @param nullText what an unquoted field holds that is null, beside a blank one
         */
        record Csv(
                char delimiter,
                Optional<Character> quote,
                Optional<Character> escape,
                boolean header,
                Optional<String> nullText)
                implements RecordFormat {
            public Csv {
                requireNonNull(quote, "quote");
                requireNonNull(escape, "escape");
                requireNonNull(nullText, "nullText");
            }

            /** RFC 4180 with a header. */
            public Csv(char delimiter) {
                this(delimiter, Optional.of('"'), Optional.empty(), true, Optional.empty());
            }
        }
    }

    /** What stands around the record that the columns read. */
    public enum Envelope {
        NONE,
        /** A message as a queue gave it: {@code meta}, and {@code body}, a string that holds the record. */
        MESSAGE
    }

    /**
     * Which of an object's records are the table's, where several tables read the same objects: those with a key that
     * begins with the table's prefix.
     *
     * @param others the prefixes of the other tables
     * @param takesTheRest whether the table also has what belongs to none, and what cannot be told
     */
    public record Routing(String keyPrefix, List<String> others, boolean takesTheRest) {
        public Routing {
            requireNonNull(keyPrefix, "keyPrefix");
            others = List.copyOf(others);
        }
    }

    /** The same table with another format. */
    SourceTable with(RecordFormat other) {
        return new SourceTable(
                name,
                description,
                prefix,
                layout,
                other,
                sourceColumns,
                key,
                eventTime,
                period,
                dedupWindowHours,
                lookBackHours,
                unknownFields,
                quarantineLimit,
                repeatedObjects,
                maxRecordBytes);
    }

    /** What divides the table into periods. Without a column, or where it is null and may fall back, the landing hour. */
    public record EventTime(Optional<String> column, boolean fallsBackToLandingHour) {}
}
