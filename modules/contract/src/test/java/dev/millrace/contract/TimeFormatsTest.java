package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeFormatsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iso",
                "epoch-micros",
                "MM/dd/yyyy hh:mm a",
                "yyyyMMddHHmmss",
                "d.M.yyyy, H:mm",
                "d MMMM yyyy [ru]",
                "yyyy-MM-ddTHH:mmZ",
                "h:mma d/M/yyyy"
            })
    void takesFormatsThatSayWhereEachPartEnds(String format) {
        List<String> faults = new ArrayList<>();

        assertThat(TimeFormats.read(format, faults::add)).isPresent();
        assertThat(faults).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epoch-milis | did you mean 'epoch-millis'?",
                "yyyy-MMM-dd | 'MMM' is none of",
                "yy-MM-dd | 'yy' is none of",
                "yyyy-MM-dd yyyy | the year occurs twice",
                "dMyyyy | nothing tells where 'd' ends and 'M' begins",
                "HH:mm | it needs a year, a month and a day",
                "yyyy-MM-dd'T'HH:mm | literal text is written without quotes",
                "yyyy-MM-dd mm | minutes need hours",
                "yyyy-MM-dd hh | hh and h (1 to 12) go with a",
                "yyyy-MM-dd HH a | hh and h (1 to 12) go with a",
                "MMMM d yyyy | month names need their language",
            },
            quoteCharacter = '`')
    void saysWhatIsWrongWithOthers(String format, String fault) {
        List<String> faults = new ArrayList<>();

        assertThat(TimeFormats.read(format, faults::add)).isEmpty();
        assertThat(faults)
                .singleElement()
                .asString()
                .startsWith("'" + format + "' is no time format: ")
                .contains(fault);
    }
}
