package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AirflowPoolsTest {
    @ParameterizedTest
    @CsvSource({"2, 2, 1", "4, 2, 1", "7, 2, 1", "8, 2, 2", "24, 2, 2", "24, 8, 6", "64, 1, 1"})
    void moreMemoryAndCoresRunMoreAtATime(int gigabytes, int cores, int slots) throws IOException {
        String pools = "{\"spark\":{\"slots\":1,\"description\":\"slots\",\"include_deferred\":false}}";
        assertThat(AirflowPools.of(pools, (1L << 30) * gigabytes, cores))
                .isEqualTo(pools.replace("\"slots\":1", "\"slots\":" + slots));
    }
}
