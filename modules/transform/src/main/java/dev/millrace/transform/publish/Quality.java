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
    private final Table table;
    private final String qualified;

    public Quality(Table table, String namespace) {
        this.table = table;
        this.qualified = namespace + "." + table.name();
    }

    /** What each period holds, read in the same pass that looks for nulls and lengths. */
    public Map<String, Content> audited(Dataset<Row> written, List<String> digested) {
        List<Rule> rules = rules();
        List<org.apache.spark.sql.Column> aggregates = new ArrayList<>(ContentDigest.sums(digested));
        rules.forEach(rule -> aggregates.add(sum(when(rule.broken(), lit(1L)).otherwise(lit(0L)))));
        Dataset<Row> grouped = written.groupBy(col(Lineage.PERIOD))
                .agg(count(lit(1)), aggregates.toArray(new org.apache.spark.sql.Column[0]));
        Map<String, Content> contents = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        for (Row row : grouped.collectAsList()) {
            String period = row.getString(0);
            contents.put(period, new Content(row.getLong(1), ContentDigest.hex(row, 2)));
            for (int i = 0; i < rules.size(); i++) {
                long rows = row.getLong(2 + ContentDigest.SUMS + i);
                if (rows > 0) {
                    broken.add("period " + period + ": " + rules.get(i).sentence() + " in " + rows + " rows");
                }
            }
        }
        refuse(broken);
        return contents;
    }

    /** No two rows of a period may have the same grain; nulls are equal here. */
    public void grainIsUnique(Dataset<Row> written) {
        org.apache.spark.sql.Column[] grain = Stream.concat(Stream.of(Lineage.PERIOD), table.grain().stream())
                .map(functions::col)
                .toArray(org.apache.spark.sql.Column[]::new);
        List<String> broken = new ArrayList<>();
        Dataset<Row> repeated = written.groupBy(grain)
                .agg(count(lit(1)).as("_copies"))
                .where(col("_copies").gt(1))
                .groupBy(Lineage.PERIOD)
                .agg(count(lit(1)), max("_copies"))
                .orderBy(Lineage.PERIOD);
        for (Row row : repeated.collectAsList()) {
            broken.add("period " + row.getString(0) + ": the grain (" + String.join(", ", table.grain())
                    + ") repeats for " + row.getLong(1) + " of its values, up to " + row.getLong(2) + " times");
        }
        refuse(broken);
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
