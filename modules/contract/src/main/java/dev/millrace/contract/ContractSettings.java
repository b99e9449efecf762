package dev.millrace.contract;

import dev.millrace.contract.Setting.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Every setting that a contract may hold among its custom properties. */
final class ContractSettings {
    static final Setting<String> SCHEDULE = new Setting<>(
            "schedule",
            Level.CONTRACT,
            "any",
            "five fields of cron, in numbers",
            "`0 0 * * *`",
            "When scheduled runs start, UTC.",
            Readings.text(Readings::cron));
    static final Setting<Duration> SETTLE = new Setting<>(
            "settle",
            Level.CONTRACT,
            "any",
            "a duration: `30m`, `2h`",
            "`30m`",
            "How long after the end of its interval a scheduled run waits for objects that are still being written.",
            Readings::duration);
    static final List<Setting<String>> RESOURCES = List.of(
            memory("ingest", "`1536MiB`"),
            cores("ingest"),
            memory("transform", "`3GiB`"),
            cores("transform"),
            memory("load", "`1536MiB`"),
            cores("load"));

    static final Setting<String> MODEL = new Setting<>(
            "model",
            Level.TABLE,
            "a table that SQL makes",
            "a path below the contract's folder, ending in `.sql`",
            "none: the table is read from landed objects",
            "The query that makes the table. Its header declares period, grain and inputs.",
            Readings.text(ContractSettings::modelPath));
    static final Setting<String> EXPORT_CURRENT = new Setting<>(
            "exportCurrent",
            Level.TABLE,
            "a table that SQL makes",
            "a folder, such as `metrics/current`",
            "none",
            "The model is also kept there as one CSV with a header, `<table>.csv`, replaced whole when the model has changed:"
                    + " below `exports/<pipeline>/` of the lake.",
            Readings.text(ContractSettings::folder));
    static final Setting<Character> EXPORT_DELIMITER = new Setting<>(
            "exportDelimiter",
            Level.TABLE,
            "a table with `exportCurrent`",
            "one character",
            "`,`",
            "What stands between the fields of that CSV.",
            Readings::delimiter);
    static final Setting<String> EXPORT_HISTORY = new Setting<>(
            "exportHistory",
            Level.TABLE,
            "a table that SQL makes",
            "a folder, such as `metrics/hist`",
            "none",
            "The model is also written there as Parquet each time that it has changed, under"
                    + " `year=/month=/day=/time=`, once.",
            Readings.text(ContractSettings::folder));
    static final Setting<String> PREFIX = new Setting<>(
            "prefix",
            Level.TABLE,
            "a table that is read",
            "the beginning of keys",
            "the contract's id and `/`",
            "Where the table's objects lie in the landing bucket.",
            Readings.text(ContractSettings::prefix));
    static final Setting<SourceTable.KeyLayout> LAYOUT = new Setting<>(
            "layout",
            Level.TABLE,
            "a table that is read",
            "`firehose`, `datehour`, a pattern of folders: `customer={*}/year={yyyy}/month={MM}/day={dd}/hour={HH}/`",
            "required",
            "How keys name the landing hour: `<prefix>YYYY/MM/DD/HH/…`, where folders `key=value/` of dynamic partitioning may"
                    + " stand before the year and after the hour; `<prefix>datehour=YYYY-MM-DD-HH/…`; or as the pattern says.",
            Readings::layout);
    static final Setting<String> FORMAT = new Setting<>(
            "format",
            Level.TABLE,
            "a table that is read",
            "`json`, `csv`, `cloudwatch-logs`, `parquet`, `orc`",
            "required",
            "How objects divide into records. Compression is found by itself. `cloudwatch-logs`: a record is an event of an"
                    + " envelope of CloudWatch Logs, compressed by itself or not; pointers lead into the envelope, `/logGroup`,"
                    + " and into the event, `/logEvents/message`. `parquet` and `orc`: a record is a row, and"
                    + " pointers name its fields.",
            Readings.oneOf(
                    "format",
                    words(
                            "json",
                            "json",
                            "csv",
                            "csv",
                            "cloudwatch-logs",
                            "cloudwatch-logs",
                            "parquet",
                            "parquet",
                            "orc",
                            "orc")));
    static final Setting<SourceTable.Envelope> ENVELOPE = new Setting<>(
            "envelope",
            Level.TABLE,
            "a table that is read, `format: json` or `cloudwatch-logs`",
            "`none`, `message`",
            "`none`",
            "What stands around a record. `message`: `{\"meta\":{…},\"body\":\"…\"}`, where the body is JSON in a string;"
                    + " pointers lead into both: `/body/user_id`, `/meta/sentAt`.",
            Readings.oneOf(
                    "envelope", words("none", SourceTable.Envelope.NONE, "message", SourceTable.Envelope.MESSAGE)));
    static final Setting<String> QUEUE = new Setting<>(
            "queue",
            Level.TABLE,
            "a table that is read, `envelope: message`",
            "the name of a queue of SQS: `login-queue`",
            "none: objects land by themselves",
            "The queue whose messages `land` takes and lands, before anything else is done.",
            Readings.text(ContractSettings::queue));
    static final Setting<String> STREAM = new Setting<>(
            "stream",
            Level.TABLE,
            "a table that is read, `envelope: message`",
            "the name of a stream of Kinesis: `clicks`",
            "none: objects land by themselves",
            "The stream whose records `land` reads and lands, where no Firehose does.",
            Readings.text(ContractSettings::stream));
    static final Setting<String> KEY_PREFIX = new Setting<>(
            "keyPrefix",
            Level.TABLE,
            "a table that is read, `format: json`",
            "the beginning of member names: `weather_data.`",
            "none: every record is the table's",
            "Where several tables of the contract read the same `prefix`: the table takes the records with a key that begins"
                    + " like this.",
            Readings.text(ContractSettings::keyPrefix));
    static final Setting<Character> CSV_DELIMITER = new Setting<>(
            "csvDelimiter",
            Level.TABLE,
            "a table that is read, `format: csv`",
            "one ASCII character",
            "`,`",
            "What separates fields.",
            Readings::delimiter);
    static final Setting<Optional<Character>> CSV_QUOTE = new Setting<>(
            "csvQuote",
            Level.TABLE,
            "a table that is read, `format: csv`",
            "one ASCII character, `none`",
            "`\"`",
            "What may stand around a field that holds delimiters or line ends; twice within one it stands for itself.",
            Readings::characterOrNone);
    static final Setting<Optional<Character>> CSV_ESCAPE = new Setting<>(
            "csvEscape",
            Level.TABLE,
            "a table that is read, `format: csv`",
            "one ASCII character, `none`",
            "`none`",
            "What makes the character after it an ordinary one, within quotes and without.",
            Readings::characterOrNone);
    static final Setting<Boolean> CSV_HEADER = new Setting<>(
            "csvHeader",
            Level.TABLE,
            "a table that is read, `format: csv`",
            "`first-line`, `none`",
            "`first-line`",
            "Whether the first line names the fields. With `none` columns take them by their `position`.",
            Readings.oneOf("header", words("first-line", true, "none", false)));
    static final Setting<String> CSV_NULL = new Setting<>(
            "csvNull",
            Level.TABLE,
            "a table that is read, `format: csv`",
            "a text: `NULL`, `\\N`",
            "none: blank fields alone are null",
            "What a field without quotes holds, exactly, that is null.",
            Readings::plainText);
    static final Setting<String> EVENT_TIME = new Setting<>(
            "eventTime",
            Level.TABLE,
            "a table that is read",
            "a `timestamptz` property's name, `landingHour`",
            "required, but for `period: none`",
            "The time that divides the table into periods.",
            Readings::plainText);
    static final Setting<Boolean> EVENT_TIME_FALLBACK = new Setting<>(
            "eventTimeFallback",
            Level.TABLE,
            "a table that is read, `eventTime` a property",
            "`none`, `landingHour`",
            "`none`",
            "What stands for an event time that is null. With `none` such a record is quarantined.",
            Readings.oneOf("fallback", words("none", false, "landingHour", true)));
    static final Setting<Period> PERIOD = new Setting<>(
            "period",
            Level.TABLE,
            "a table that is read",
            "`hour`, `day`, `month`, `year`, `none`",
            "required",
            "How coarsely event time divides the table: what is rebuilt whole when one of its rows changes.",
            Readings.oneOf("period", periods()));
    static final Setting<Integer> DEDUP_WINDOW = new Setting<>(
            "dedupWindow",
            Level.TABLE,
            "a table that is read and has a key",
            "whole hours or days: `24h`, `7d`",
            "`24h`",
            "How much earlier an equal key may have landed for a row to be a duplicate.",
            Readings::hours);
    static final Setting<Integer> LOOK_BACK = new Setting<>(
            "lookBack",
            Level.TABLE,
            "a table that is read",
            "whole hours or days: `24h`, `7d`",
            "`24h`",
            "How far before its interval a scheduled run looks for late objects, and a repeated object for an equal one.",
            Readings::hours);
    static final Setting<SourceTable.UnknownFields> UNKNOWN_FIELDS = new Setting<>(
            "unknownFields",
            Level.TABLE,
            "a table that is read",
            "`ignore` (`quarantine`, `rescue`: not in this version yet)",
            "`ignore`",
            "What becomes of a record's fields that no column takes.",
            Readings.oneOf(
                    "treatment of unknown fields",
                    words(
                            "ignore",
                            SourceTable.UnknownFields.IGNORE,
                            "quarantine",
                            SourceTable.UnknownFields.QUARANTINE,
                            "rescue",
                            SourceTable.UnknownFields.RESCUE)));
    static final Setting<BigDecimal> QUARANTINE_LIMIT = new Setting<>(
            "quarantineLimit",
            Level.TABLE,
            "a table that is read",
            "a percentage: `5%`, `0.1%`",
            "`5%`",
            "An hour with a greater share of quarantined records is held.",
            Readings::percent);
    static final Setting<SourceTable.RepeatedObjects> REPEATED_OBJECTS = new Setting<>(
            "repeatedObjects",
            Level.TABLE,
            "a table that is read",
            "`duplicate`, `keep`",
            "`duplicate`",
            "Whether an object whose content equals an earlier one's within `lookBack` counts wholly as duplicate.",
            Readings.oneOf(
                    "treatment of repeated objects",
                    words(
                            "duplicate",
                            SourceTable.RepeatedObjects.DUPLICATE,
                            "keep",
                            SourceTable.RepeatedObjects.KEEP)));
    static final Setting<Integer> MAX_RECORD_BYTES = new Setting<>(
            "maxRecordBytes",
            Level.TABLE,
            "a table that is read",
            "a size up to 1GiB: `64KiB`, `16MiB`",
            "`16MiB`",
            "A longer record is quarantined.",
            Readings::size);

    static final Setting<Pointer> POINTER = new Setting<>(
            "pointer",
            Level.PROPERTY,
            "a column of a table with `format: json`, `cloudwatch-logs`, `parquet` or `orc`",
            "a JSON pointer: `/user/id`",
            "`/` and the column's name, after `keyPrefix`; after `/body/` in a message; after `/logEvents/` in a log",
            "The member of the record that the column takes.",
            Readings::pointer);
    static final Setting<Pointer> WITHIN = new Setting<>(
            "within",
            Level.PROPERTY,
            "a column of a table with `format: json`",
            "a JSON pointer",
            "none",
            "The value at `pointer` is a string that holds JSON; the column takes this member of it.",
            Readings::pointer);
    static final Setting<Origin.Take> TAKE = new Setting<>(
            "take",
            Level.PROPERTY,
            "a column of a table with `format: json`",
            "`value`, `nonEmpty`, `version`",
            "`value`",
            "What of the member is taken: its value; for a `boolean` whether it has something in it; for an `integer` or"
                    + " `bigint` the number major × 1,000,000 + minor × 1,000 + patch of a version such as `2.3.0`.",
            Readings.oneOf(
                    "way to take a value",
                    words(
                            "value",
                            Origin.Take.VALUE,
                            "nonEmpty",
                            Origin.Take.NON_EMPTY,
                            "version",
                            Origin.Take.VERSION)));
    static final Setting<String> HEADER = new Setting<>(
            "header",
            Level.PROPERTY,
            "a column of a table with `format: csv`",
            "a name in the header line, exactly",
            "the column's name",
            "The field that the column takes.",
            Readings.text(ContractSettings::header));
    static final Setting<Integer> POSITION = new Setting<>(
            "position",
            Level.PROPERTY,
            "a column of a table with `csvHeader: none`",
            "a whole number from 1",
            "one more than that of the column before",
            "Which of a line's fields the column takes.",
            Readings::position);
    static final Setting<Origin.LandingHour> METADATA = new Setting<>(
            "metadata",
            Level.PROPERTY,
            "a `text` or `timestamptz` column of a table that is read",
            "`landingHour`",
            "none",
            "The column takes the hour in which the object landed: `yyyy-MM-dd-HH`, or the point in time.",
            Readings.oneOf("metadata", words("landingHour", new Origin.LandingHour())));
    static final Setting<List<TimeFormat>> TIME_FORMATS = new Setting<>(
            "timeFormats",
            Level.PROPERTY,
            "a `timestamptz` or `date` column of a table that is read",
            "`iso`, `epoch-seconds`, `epoch-millis`, `epoch-micros`, a pattern such as `d MMMM yyyy HH:mm [ru]`, or a"
                    + " list of these",
            "`iso`; for a `date` `yyyy-MM-dd` alone",
            "How the time is written. The first that fits the whole text counts; what names no zone is UTC. A `date` is the"
                    + " day of that time in UTC.",
            Readings::timeFormats);
    static final Setting<Mask> MASK = new Setting<>(
            "mask",
            Level.PROPERTY,
            "a `text` column of a table that is read, or a `varchar(n)` one of at least " + Mask.HASH_LENGTH,
            "`hash` (`encrypt`, `truncate-ip`, `drop`: not in this version yet)",
            "none",
            "How the value is made unreadable before it is stored. `hash`: HMAC-SHA-256 of the text under the key"
                    + " `masks.hashKey` of the environment, in hexadecimal. The quarantine of such a contract holds no"
                    + " payloads.",
            Readings::mask);

    /** In the order of the reference page. */
    static final List<Setting<?>> ALL = Stream.<List<? extends Setting<?>>>of(
                    List.of(SCHEDULE, SETTLE), RESOURCES, ofTablesAndColumns())
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private ContractSettings() {}

    private static List<Setting<?>> ofTablesAndColumns() {
        return List.of(
                MODEL,
                EXPORT_CURRENT,
                EXPORT_DELIMITER,
                EXPORT_HISTORY,
                PREFIX,
                LAYOUT,
                FORMAT,
                ENVELOPE,
                QUEUE,
                STREAM,
                KEY_PREFIX,
                CSV_DELIMITER,
                CSV_QUOTE,
                CSV_ESCAPE,
                CSV_HEADER,
                CSV_NULL,
                EVENT_TIME,
                EVENT_TIME_FALLBACK,
                PERIOD,
                DEDUP_WINDOW,
                LOOK_BACK,
                UNKNOWN_FIELDS,
                QUARANTINE_LIMIT,
                REPEATED_OBJECTS,
                MAX_RECORD_BYTES,
                POINTER,
                WITHIN,
                TAKE,
                HEADER,
                POSITION,
                METADATA,
                TIME_FORMATS,
                MASK);
    }

    private static Setting<String> memory(String job, String standard) {
        return new Setting<>(
                job + "Memory",
                Level.CONTRACT,
                "any",
                "a whole number and `MiB` or `GiB`, such as `4GiB`",
                standard + " for a container; for a process as its JVM's options say",
                "How much memory the " + job + " job may take under Airflow; its heap gets three quarters of it.",
                Readings.text(Readings::memory));
    }

    private static Setting<String> cores(String job) {
        return new Setting<>(
                job + "Cores",
                Level.CONTRACT,
                "any",
                "a number in quotes, such as `\"2\"` or `\"0.5\"`",
                "as many as there are; on Kubernetes and ECS `\"1\"`",
                "How many cores the " + job + " job gets in a container.",
                Readings.text(Readings::cores));
    }

    static List<Setting<?>> of(Level level) {
        return ALL.stream().filter(setting -> setting.level() == level).toList();
    }

    static Map<String, Period> periods() {
        return words(
                "hour",
                Period.HOUR,
                "day",
                Period.DAY,
                "month",
                Period.MONTH,
                "year",
                Period.YEAR,
                "none",
                Period.NONE);
    }

    private static Optional<String> modelPath(String path) {
        return path.matches("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\\.sql")
                ? Optional.empty()
                : Optional.of(
                        "'" + path + "' is no model; allowed: a path below the contract's folder that ends in .sql, "
                                + "such as models/daily.sql");
    }

    private static Optional<String> folder(String folder) {
        return folder.matches("[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
                ? Optional.empty()
                : Optional.of("'" + folder
                        + "' is no folder for exports; allowed: letters, digits and ._- between slashes, such"
                        + " as metrics/current");
    }

    private static Optional<String> prefix(String prefix) {
        boolean fits = !prefix.startsWith("/")
                && !prefix.contains("//")
                && prefix.length() <= 512
                && prefix.chars().noneMatch(Character::isISOControl);
        return fits
                ? Optional.empty()
                : Optional.of(
                        "'" + prefix + "' is no prefix of keys; allowed: a text such as events/ that does not begin "
                                + "with '/' and holds no '//' and no control characters");
    }

    private static Optional<String> queue(String name) {
        return name.matches("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo")
                ? Optional.empty()
                : Optional.of(
                        "'" + name + "' is no name of a queue; allowed: up to 80 letters, digits, '-' and '_', of a "
                                + "FIFO queue with .fifo at the end. Account and region are the environment's");
    }

    private static Optional<String> stream(String name) {
        return name.matches("[A-Za-z0-9_.-]{1,128}")
                ? Optional.empty()
                : Optional.of("'" + name + "' is no name of a stream; allowed: up to 128 letters, digits, '-', '_' and "
                        + "'.'. Account and region are the environment's");
    }

    private static Optional<String> keyPrefix(String prefix) {
        return !prefix.isEmpty() && prefix.chars().noneMatch(letter -> letter < ' ' || letter == '"' || letter == '\\')
                ? Optional.empty()
                : Optional.of(
                        "a prefix of keys must not be empty or hold quotes, backslashes or control characters; allowed: "
                                + "the beginning of member names, such as weather_data.");
    }

    private static Optional<String> header(String name) {
        return !name.isBlank() && name.chars().noneMatch(letter -> letter == 0)
                ? Optional.empty()
                : Optional.of("a field's name in the header line must not be blank or hold a NUL");
    }

    /** The words in the order in which they are told. */
    private static <T> Map<String, T> words(Object... wordsAndValues) {
        Map<String, T> words = new LinkedHashMap<>();
        for (int i = 0; i < wordsAndValues.length; i += 2) {
            @SuppressWarnings("unchecked")
            T value = (T) wordsAndValues[i + 1];
            words.put((String) wordsAndValues[i], value);
        }
        return words;
    }
}
