package dev.millrace.ingest.landed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.Column;
import dev.millrace.contract.FieldType;
import dev.millrace.contract.LandingHour;
import dev.millrace.contract.Origin;
import dev.millrace.contract.Period;
import dev.millrace.contract.Pointer;
import dev.millrace.contract.SourceColumn;
import dev.millrace.contract.SourceTable;
import dev.millrace.contract.SourceTable.KeyLayout;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LandedKeysTest {
    private static final LandingHour HOUR = LandingHour.of("2026-01-05T03");
    private static final KeyLayout HIVE =
            new KeyLayout("customer={*}/year={yyyy}/month={MM}/day={dd}/hour={HH}/part={*}/");
    private static final KeyLayout DAYS = new KeyLayout("dt={yyyy}-{MM}-{dd}/");

    private static LandedKeys keys(String prefix, KeyLayout layout) {
        SourceColumn id = new SourceColumn(
                new Column("id", new FieldType.Int64(), false, ""),
                new Origin.Member(Pointer.of("/id"), Optional.empty(), Origin.Take.VALUE),
                List.of());
        return new LandedKeys(new SourceTable(
                "t",
                "",
                prefix,
                layout,
                new SourceTable.RecordFormat.Json(),
                List.of(id),
                List.of(),
                new SourceTable.EventTime(Optional.empty(), false),
                Period.DAY,
                24,
                24,
                SourceTable.UnknownFields.IGNORE,
                BigDecimal.ONE,
                SourceTable.RepeatedObjects.KEEP,
                100));
    }

    @Test
    void aNameMayHoldDashesAndAPrefixMayEndWithoutASlash() {
        LandedKeys keys = keys("legacy", KeyLayout.FIREHOSE);
        assertThat(keys.hour("legacy2026/01/05/03/a-stream-1-2026-01-05-04-00-00-uuid.gz"))
                .contains(HOUR);
        assertThat(keys.hour("legacy/2026/01/05/03/x")).isEmpty();
        assertThat(keys.folder(HOUR)).isEqualTo("legacy2026/01/05/03/");
    }

    @Test
    void foldersOfDynamicPartitioningStandBeforeTheYearAndAfterTheHour() {
        LandedKeys keys = keys("data/", KeyLayout.FIREHOSE);
        assertThat(keys.hour("data/a=b/c=/2026/01/05/03/d=e/x")).contains(HOUR);
        assertThat(keys.hour("data/2026/a=b/01/05/03/x")).isEmpty();
        assertThat(keys.hour("data/ab/2026/01/05/03/x")).isEmpty();
        assertThat(keys.entry(0, "a=b/")).isEqualTo(LandedKeys.Entry.LEAD);
        assertThat(keys.entry(3, "2026/")).isEqualTo(LandedKeys.Entry.TIME);
        assertThat(keys.entry(0, "2026")).isEqualTo(LandedKeys.Entry.OTHER);
        assertThat(keys.timesBegin()).isEmpty();
    }

    @Test
    void whatFirehoseCouldNotProcessIsNoData() {
        LandedKeys keys = keys("data/", KeyLayout.FIREHOSE);
        assertThat(keys.hour("data/result=processing-failed/2026/01/05/03/x")).isEmpty();
        assertThat(keys.hour("data/2026/01/05/03/kind=format-conversion-failed/x"))
                .isEmpty();
        assertThat(keys.entry(0, "result=processing-failed/")).isEqualTo(LandedKeys.Entry.OTHER);
        assertThat(keys.entry(0, "processing-failed/")).isEqualTo(LandedKeys.Entry.OTHER);
        assertThat(keys.hour("data/2026/01/05/03/x-failed")).contains(HOUR);
    }

    @Test
    void aPatternNamesItsFolders() {
        LandedKeys keys = keys("hive/", HIVE);
        assertThat(keys.hour("hive/customer=1/year=2026/month=01/day=05/hour=03/part=x/y"))
                .contains(HOUR);
        assertThat(keys.hour("hive/customer=/year=2026/month=01/day=05/hour=03/part=x/y"))
                .isEmpty();
        assertThat(keys.hour("hive/customer=1/year=2026/month=1/day=05/hour=03/part=x/y"))
                .isEmpty();
        assertThat(keys.entry(0, "customer=1/")).isEqualTo(LandedKeys.Entry.LEAD);
        assertThat(keys.entry(0, "year=2026/")).isEqualTo(LandedKeys.Entry.OTHER);
        assertThat(keys.entry(1, "year=2026/")).isEqualTo(LandedKeys.Entry.TIME);
        assertThat(keys.folder(HOUR)).isEqualTo("hive/customer=landed/year=2026/month=01/day=05/hour=03/part=landed/");
    }

    @Test
    void wholeDaysAreListedAtOnceAndHoursByThemselves() {
        LandingHour end = LandingHour.of("2026-01-07T01");
        assertThat(keys("", KeyLayout.FIREHOSE).prefixes("a=b/", LandingHour.of("2026-01-05T23"), end))
                .containsExactly("a=b/2026/01/05/23/", "a=b/2026/01/06/", "a=b/2026/01/07/00/");
        assertThat(keys("", KeyLayout.DATEHOUR).prefixes("", LandingHour.of("2026-01-05T23"), end))
                .containsExactly("datehour=2026-01-05-23/", "datehour=2026-01-06-", "datehour=2026-01-07-00/");
        assertThat(keys("", DAYS).prefixes("", LandingHour.of("2026-01-05T23"), end))
                .containsExactly("dt=2026-01-06/", "dt=2026-01-07/");
        assertThat(keys("", DAYS).hour("dt=2026-01-05/x")).contains(LandingHour.of("2026-01-05T00"));
    }
}
