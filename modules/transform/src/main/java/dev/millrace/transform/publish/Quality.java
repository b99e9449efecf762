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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The rules that rows must keep before they are published, judged on the branch, where nobody reads them yet. */
public final class Quality {
    private static final String COPIES = "_copies";
    /** Period and number of rows come first. */
    private static final int AFTER_COUNT = 2;

    private final Table table;
    private final String qualified;

    public Quality(Table table, String namespace) {
        this.table = table;
        this.qualified = namespace + "." + table.name();
    }

    /** What each period holds, read in the same pass that looks for nulls, lengths, and rows of the same grain. */
    public Map<String, Content> audited(Dataset<Row> written, List<String> digested) {
        List<Rule> rules = rules();
        int afterRules = AFTER_COUNT + ContentDigest.SUMS + rules.size();
        Map<String, Content> contents = new TreeMap<>();
        Map<String, List<String>> broken = new TreeMap<>();
        for (Row row : counted(written, digested, rules).collectAsList()) {
            String period = row.getString(0);
            contents.put(period, new Content(row.getLong(1), ContentDigest.hex(row, AFTER_COUNT)));
            List<String> wrong = broken.computeIfAbsent(period, of -> new ArrayList<>());
            for (int i = 0; i < rules.size(); i++) {
                long rows = row.getLong(AFTER_COUNT + ContentDigest.SUMS + i);
                if (rows > 0) {
                    wrong.add(rules.get(i).sentence() + " in " + rows + " rows");
                }
            }
            if (table instanceof ModelTable && row.getLong(afterRules) > 0) {
                wrong.add("the grain (" + String.join(", ", table.grain()) + ") repeats for " + row.getLong(afterRules)
                        + " of its values, up to " + row.getLong(afterRules + 1) + " times");
            }
        }
        refuse(broken.entrySet().stream()
                .flatMap(period -> period.getValue().stream().map(wrong -> "period " + period.getKey() + ": " + wrong))
                .toList());
        return contents;
    }

    /** By period: the rows, their sums, and how many break each rule; of a model also how many values of its grain repeat, and how often. */
    private Dataset<Row> counted(Dataset<Row> written, List<String> digested, List<Rule> rules) {
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
