package dev.millrace.transform.publish;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.ModelTable;
import dev.millrace.contract.Table;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.transform.publish.Contents.Content;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** The rules that rows must keep before they are published, judged on the branch, where nobody reads them yet. */
public final class Quality {
    private static final String COPIES = "_copies";
    /** Period and number of rows come first. */
    private static final int AFTER_COUNT = 2;
    /** Period and both hashes come first. */
    private static final int AFTER_HASHES = 3;

    private final Table table;
    private final String qualified;

    public Quality(Table table, String namespace) {
        this.table = table;
        this.qualified = namespace + "." + table.name();
    }

    /**
     * What each period holds, read in the same pass that looks for nulls, lengths, and rows of the same grain.
     *
     * @param about how many rows that may be
     */
    public Map<String, Content> audited(Dataset<Row> written, List<String> digested, long about) {
        List<Rule> rules = rules();
        Map<String, Found> found = about > Evaluated.FEW
                ? counted(written, digested, rules)
                : oneByOne(written, digested, rules).orElseGet(() -> counted(written, digested, rules));
        List<String> broken = new ArrayList<>();
        Map<String, Content> contents = new TreeMap<>();
        found.forEach((period, in) -> {
            contents.put(period, in.content());
            sentences(in, rules).forEach(wrong -> broken.add("period " + period + ": " + wrong));
        });
        refuse(broken);
        return contents;
    }

    /**
     * What was found in a period.
     *
     * @param broken in how many rows, by rule
     * @param repeated how many values of the grain have several rows
     * @param copies most rows with one value of the grain
     */
    private record Found(Content content, List<Long> broken, long repeated, long copies) {}

    private List<String> sentences(Found found, List<Rule> rules) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            long rows = found.broken().get(i);
            if (rows > 0) {
                wrong.add(rules.get(i).sentence() + " in " + rows + " rows");
            }
        }
        if (found.repeated() > 0) {
            wrong.add("the grain (" + String.join(", ", table.grain()) + ") repeats for " + found.repeated()
                    + " of its values, up to " + found.copies() + " times");
        }
        return wrong;
    }

    /** Row by row, if they are few: Spark judges each, and nothing has to be grouped and shuffled to sum that up. */
    private Optional<Map<String, Found>> oneByOne(Dataset<Row> written, List<String> digested, List<Rule> rules) {
        List<org.apache.spark.sql.Column> judged = new ArrayList<>(List.of(col(Lineage.PERIOD)));
        judged.addAll(ContentDigest.hashes(digested));
        rules.forEach(rule -> judged.add(functions.coalesce(rule.broken(), lit(false))));
        int beforeGrain = judged.size();
        List<String> grain = table instanceof ModelTable ? table.grain() : List.of();
        grain.forEach(name -> judged.add(col(ContentDigest.quoted(name))));
        List<Row> rows = written.select(judged.toArray(new org.apache.spark.sql.Column[0]))
                .limit(Evaluated.FEW + 1)
                .collectAsList();
        if (rows.size() > Evaluated.FEW) {
            return Optional.empty();
        }
        Map<String, Judged> periods = new TreeMap<>();
        for (Row row : rows) {
            periods.computeIfAbsent(row.getString(0), period -> new Judged(rules.size()))
                    .add(row, beforeGrain);
        }
        Map<String, Found> found = new TreeMap<>();
        periods.forEach((period, in) -> found.put(period, in.found(!grain.isEmpty())));
        return Optional.of(found);
    }

    /** A period of which one row after the other is looked at. */
    private static final class Judged {
        private final Contents.Tally tally = new Contents.Tally();
        private final long[] broken;
        private final Map<List<Object>, Long> copies = new HashMap<>();

        Judged(int rules) {
            this.broken = new long[rules];
        }

        void add(Row row, int beforeGrain) {
            tally.add(row.getLong(1), row.getLong(2));
            for (int i = 0; i < broken.length; i++) {
                if (row.getBoolean(AFTER_HASHES + i)) {
                    broken[i]++;
                }
            }
            List<Object> grain = new ArrayList<>();
            for (int i = beforeGrain; i < row.length(); i++) {
                grain.add(comparable(row.get(i)));
            }
            copies.merge(grain, 1L, Long::sum);
        }

        /** To Spark, and to the warehouse, both zeros are one. */
        private static @Nullable Object comparable(@Nullable Object value) {
            return value instanceof Double number ? (Object) (number + 0.0) : value;
        }

        Found found(boolean hasGrain) {
            long repeated =
                    hasGrain ? copies.values().stream().filter(rows -> rows > 1).count() : 0;
            return new Found(
                    tally.content(),
                    Arrays.stream(broken).boxed().toList(),
                    repeated,
                    copies.values().stream().mapToLong(rows -> rows).max().orElse(0));
        }
    }

    private Map<String, Found> counted(Dataset<Row> written, List<String> digested, List<Rule> rules) {
        int afterRules = AFTER_COUNT + ContentDigest.SUMS + rules.size();
        Map<String, Found> found = new TreeMap<>();
        for (Row row : sums(written, digested, rules).collectAsList()) {
            List<Long> broken = new ArrayList<>();
            for (int i = AFTER_COUNT + ContentDigest.SUMS; i < afterRules; i++) {
                broken.add(row.getLong(i));
            }
            boolean hasGrain = table instanceof ModelTable;
            found.put(
                    row.getString(0),
                    new Found(
                            new Content(row.getLong(1), ContentDigest.hex(row, AFTER_COUNT)),
                            broken,
                            hasGrain ? row.getLong(afterRules) : 0,
                            hasGrain ? row.getLong(afterRules + 1) : 0));
        }
        return found;
    }

    /** By period: the rows, their sums, and how many break each rule; of a model also how many values of its grain repeat, and how often. */
    private Dataset<Row> sums(Dataset<Row> written, List<String> digested, List<Rule> rules) {
        List<org.apache.spark.sql.Column> sums = new ArrayList<>(ContentDigest.sums(digested));
        rules.forEach(rule -> sums.add(sum(when(rule.broken(), lit(1L)).otherwise(lit(0L)))));
        if (!(table instanceof ModelTable)) {
            return written.groupBy(Lineage.PERIOD).agg(count(lit(1)), sums.toArray(new org.apache.spark.sql.Column[0]));
        }
        // Nulls are equal here, as they are where the warehouse is compared.
        org.apache.spark.sql.Column[] grain = Stream.concat(Stream.of(Lineage.PERIOD), table.grain().stream())
                .map(name -> col(ContentDigest.quoted(name)))
                .toArray(org.apache.spark.sql.Column[]::new);
        List<org.apache.spark.sql.Column> ofGrain = new ArrayList<>();
        List<org.apache.spark.sql.Column> ofPeriod = new ArrayList<>();
        for (int i = 0; i < sums.size(); i++) {
            ofGrain.add(sums.get(i).as("_sum" + i));
            ofPeriod.add(sum("_sum" + i));
        }
        ofPeriod.add(sum(when(col(COPIES).gt(1), lit(1L)).otherwise(lit(0L))));
        ofPeriod.add(max(COPIES));
        return written.groupBy(grain)
                .agg(count(lit(1)).as(COPIES), ofGrain.toArray(new org.apache.spark.sql.Column[0]))
                .groupBy(Lineage.PERIOD)
                .agg(sum(COPIES), ofPeriod.toArray(new org.apache.spark.sql.Column[0]));
    }

    private void refuse(List<String> broken) {
        if (!broken.isEmpty()) {
            throw new JobException(
                    ExitCode.BROKEN,
                    "Table " + qualified + " breaks its rules, and nothing of it is published: "
                            + String.join("; ", broken) + ". Correct the contract, the model's SQL or its inputs.");
        }
    }

    private record Rule(String sentence, org.apache.spark.sql.Column broken) {}

    private List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (Column column : table.columns()) {
            org.apache.spark.sql.Column value = col(ContentDigest.quoted(column.name()));
            // Of rows that were read from objects, ingest has judged it by the contract that was then in force.
            if (column.required() && table instanceof ModelTable) {
                rules.add(new Rule("required column " + column.name() + " is null", value.isNull()));
            }
            if (column.type() instanceof FieldType.Text text && text.maxLength().isPresent()) {
                rules.add(new Rule(
                        "column " + column.name() + " is longer than "
                                + column.type().sql(),
                        functions.char_length(value).gt(text.maxLength().getAsInt())));
            }
        }
        return rules;
    }
}
