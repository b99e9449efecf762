package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problem;
import dev.millrace.contract.written.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryCheckTest {
    private static final String CHANGES =
            " may give another result each time; a model must make the same rows of the same" + " inputs";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rand", "uuid", "now", "current_timestamp", "current_date", "monotonically_increasing_id",
                "input_file_name", "spark_partition_id", "shuffle", "unix_timestamp", "any_value", "first"
            })
    void refusesWhatChangesFromRunToRun(String function) {
        assertThat(check("select\n  " + function + "() as x from events"))
                .containsExactly(new Problem(new Place(Path.of("m.sql"), 5, ""), "'" + function + "'" + CHANGES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "first(x) ignore nulls over (order by y)",
                "last_value(x) filter (where (x) > 0) over (partition by y order by z)",
                "unix_timestamp(at)",
                "sum(x) as rand",
                "max(x) as first",
                "'current_date'",
                "x order by y nulls first",
                "extract(day from at)",
                "x is distinct from counts"
            })
    void letsPassWhatDoesNot(String expression) {
        assertThat(check("select " + expression + " from events")).isEmpty();
    }

    @Test
    void refusesAFirstThatNoWindowOrders() {
        assertThat(check("select first(x) filter (where x > 0) as x from events"))
                .extracting(Problem::sentence)
                .containsExactly("'first'" + CHANGES);
    }

    @Test
    void refusesToReadWhatIsNotDeclared() {
        assertThat(check("with e as (select * from events) select * from e join COUNTS using (x)"))
                .extracting(Problem::sentence)
                .containsExactly("the query reads 'counts', which the header does not declare; add '-- input: counts "
                        + "reach same'");
    }

    private static List<Problem> check(String query) {
        Problems problems = new Problems();
        String header = "-- period: day\n-- grain: x\n-- input: events reach same\n";
        QueryCheck.check(
                ModelQuery.read(Path.of("m.sql"), header + query, problems), Set.of("events", "counts"), problems);
        return problems.sorted();
    }
}
