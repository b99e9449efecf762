package dev.millrace.transform.model;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.contract.Column;
import dev.millrace.contract.Lineage;
import dev.millrace.contract.ModelTable;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import dev.millrace.transform.publish.TableShape;
import dev.millrace.transform.stale.Reading;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** What a model's SQL makes of its inputs for one period, in the columns and types of its contract. */
final class ModelRows {
    private final SparkSession spark;
    private final ModelTable model;
    private final StructType wanted;

    ModelRows(SparkSession spark, ModelTable model, TableShape shape) {
        this.spark = spark;
        this.model = model;
        this.wanted = shape.sparkSchema();
    }

    /** The inputs are offered under their names, as cut to the period's reach. */
    Dataset<Row> of(String period, Map<String, Dataset<Row>> inputs) {
        inputs.forEach((name, rows) -> rows.createOrReplaceTempView(name));
        Dataset<Row> made = analysed(period);
        return typed(made).withColumn(Lineage.PERIOD, lit(period));
    }

    private Dataset<Row> analysed(String period) {
        Reading.Span span = Reading.span(model.period(), period);
        Map<String, Object> parameters = Map.of(
                "period_start", span.from().toInstant(ZoneOffset.UTC),
                "period_end", span.to().toInstant(ZoneOffset.UTC));
        try {
            return spark.sql(model.sql(), parameters);
        } catch (Exception e) {
            // Scala declares no checked exceptions, so that the compiler does not know what comes here.
            if (e instanceof AnalysisException wrong) {
                throw refused("its SQL does not compile: " + wrong.getMessage(), wrong);
            }
            throw e;
        }
    }

    private Dataset<Row> typed(Dataset<Row> made) {
        Set<String> given = new HashSet<>(Arrays.asList(made.columns()));
        Set<String> expected = model.columns().stream().map(Column::name).collect(Collectors.toSet());
        if (!given.equals(expected) || given.size() != made.columns().length) {
            throw refused(
                    "its SQL gives the columns " + String.join(", ", made.columns()) + " and the contract has "
                            + model.columns().stream().map(Column::name).collect(Collectors.joining(", ")),
                    null);
        }
        List<org.apache.spark.sql.Column> columns = new ArrayList<>();
        for (Column column : model.columns()) {
            StructField from = made.schema().apply(column.name());
            DataType to = wanted.apply(column.name()).dataType();
            if (!Lossless.cast(from.dataType(), to)) {
                throw refused(
                        "column " + column.name() + " is "
                                + from.dataType().sql().toLowerCase(Locale.ROOT)
                                + " by its SQL and " + column.type().sql()
                                + " by the contract, which might lose something: cast it in the SQL",
                        null);
            }
            columns.add(col("`" + column.name() + "`").cast(to).as(column.name()));
        }
        return made.select(columns.toArray(new org.apache.spark.sql.Column[0]));
    }

    private JobException refused(String why, @Nullable Exception cause) {
        String sentence = "Model " + model.name() + " cannot run: " + why + ".";
        return cause == null
                ? new JobException(ExitCode.USAGE, sentence)
                : new JobException(ExitCode.USAGE, sentence, cause);
    }
}
